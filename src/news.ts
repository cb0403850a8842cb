import type { Report } from "./devices/device.ts";
import type { Journal } from "./journal/journal.ts";
import { heldReasons, standingFor } from "./model/standing.ts";
import type { Unbound } from "./normalize/normalize.ts";
import { dayBefore } from "./normalize/source-key.ts";
import { createRepeats } from "./repeats.ts";

/** How what a report brought is forgotten again, should it not be stored. */
export interface Undo {
  steps: readonly (() => void)[];
}

export interface NewsParts {
  readonly journal: Pick<Journal, "known">;
  /** finding -> observation */
  readonly meaning: (report: Report) => readonly Unbound[];
  /** Resolves once they are on disk. Not called where nothing is new. */
  readonly store: (report: Report, fresh: readonly Unbound[]) => Promise<unknown>;
}

/**
 * What is new of a report. A memory that is read again brings what is known: it is safe already, is not addressed twice,
 * and says nothing about who is in the room now. So it is left out before anybody is asked whose it is.
 */
export interface News {
  /**
   * Takes a report when it is its turn: what may have been read before is looked up first, and two such reports at once
   * would each find it new. `take` never rejects.
   */
  inTurn<A>(report: Report, take: () => Promise<A>): Promise<A>;
  /** Stores what is new of it; undefined where nothing is. What it remembers of it meanwhile is forgotten by `undo`. */
  store(report: Report, undo: Undo): Promise<unknown> | undefined;
}

export function createNews({ journal, meaning, store }: NewsParts): News {
  const repeats = createRepeats();
  let turn: Promise<unknown> = Promise.resolve();
  /** Of each device, the reports told by an age that are still on their way to the disk. */
  const storing = new Map<string, Promise<unknown>>();

  return {
    inTurn(report, take) {
      if (!isRepeatable(report)) return isAged(report) ? aged(report.config.id, take()) : take();
      const taken = turn.then(take);
      turn = taken;
      return taken;
    },

    store(report, undo) {
      const mayBeKnown = isRepeatable(report) || storing.has(report.config.id);
      return mayBeKnown ? lookedUp(report, undo) : remembered(report, unknown(meaning(report)), undo);
    },
  };

  /** A measurement told by its age may be shown again, over another connection, while it is being stored. */
  function aged<A>(device: string, taken: Promise<A>): Promise<A> {
    const stored = Promise.all([storing.get(device), taken]).then(() => {
      if (storing.get(device) === stored) storing.delete(device);
    });
    storing.set(device, stored);
    return taken;
  }

  /** What the journal knows already, or another report on its way to it brings, is left out. */
  async function lookedUp(report: Report, undo: Undo): Promise<void> {
    const meant = meaning(report);
    const known = isRepeatable(report) ? await journal.known(repeatable(meant)) : undefined;
    let fresh = unknown(meant, known);
    const before = storing.get(report.config.id);
    if (fresh.length < meant.length && before !== undefined) {
      // Seen is not stored: if the report that is still on its way fails, this one is the measurement.
      await before;
      fresh = unknown(meant, known);
    }
    await remembered(report, fresh, undo);
  }

  function remembered(report: Report, fresh: readonly Unbound[], undo: Undo): Promise<unknown> | undefined {
    undo.steps = fresh.map((observation) => repeats.remember(observation));
    return fresh.length === 0 ? undefined : store(report, fresh);
  }

  /** Without what is known. What only looks like it, for nothing tells when it was measured, is kept for a person. */
  function unknown(observations: readonly Unbound[], known: ReadonlySet<string> = none): readonly Unbound[] {
    const left: Unbound[] = [];
    const here = new Set<string>();
    for (const o of observations) {
      const [key, before] = [o.sourceKey, dayBefore(o.sourceKey)];
      if (before !== undefined && (known.has(key) || known.has(before) || here.has(key)))
        left.push(maybeRepeated({ ...o, sourceKey: `id:${o.id}` }));
      else if (!known.has(key)) {
        const seen = repeats.look(o);
        if (seen !== "same") left.push(seen === "new" ? o : maybeRepeated(o));
      }
      here.add(key);
    }
    return left;
  }
}

/** Whether an instrument may report some of this again: it names its records. */
export const isRepeatable = ({ findings }: Report): boolean => findings.some(({ identity }) => identity !== undefined);

const isAged = ({ findings }: Report): boolean => findings.some(({ ageMs }) => ageMs !== undefined);

/** The keys under which any of this may be stored already. */
const repeatable = (observations: readonly Unbound[]): readonly string[] =>
  observations
    .filter(({ sourceKey }) => !sourceKey.startsWith("id:"))
    .flatMap(({ sourceKey }) => [sourceKey, dayBefore(sourceKey) ?? []].flat());

const maybeRepeated = (o: Unbound): Unbound => ({
  ...o,
  standing: standingFor([...heldReasons(o.standing), "maybe-repeated"]),
});

const none: ReadonlySet<string> = new Set();
