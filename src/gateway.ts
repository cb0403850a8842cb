import { durationMs } from "./config/duration.ts";
import type { Site } from "./config/site.ts";
import type { Report, Upstream } from "./devices/device.ts";
import type { Journal, JournalEvent } from "./journal/journal.ts";
import type { Log } from "./log.ts";
import type { Observation } from "./model/observation.ts";
import { type ProblemCode, problemCodeOf } from "./model/problem.ts";
import { heldReasons, standingFor } from "./model/standing.ts";
import type { HostTime } from "./model/times.ts";
import type { Unbound } from "./normalize/normalize.ts";
import { normalizeReport } from "./normalize/report.ts";
import type { Places } from "./places.ts";
import { createRepeats } from "./repeats.ts";
import { type Addressee, address } from "./sinks/address.ts";

/** What the straight line runs through. Everything is given: nothing here opens a port, a file or a socket. */
export interface Line {
  readonly site: Pick<Site, "site" | "gateway" | "timezone" | "clock">;
  readonly places: Places;
  readonly journal: Journal;
  readonly addressees: readonly Addressee[];
  readonly mint: () => string;
  readonly log: Log;
  /** Tells what the journal could not do. */
  readonly trouble: (code: ProblemCode) => void;
}

/** The straight line: finding, observation, patient, journal, delivery. */
export function createGateway({ site, places, journal, addressees, mint, log, trouble }: Line): Upstream & Gateway {
  const repeats = createRepeats();
  let turn: Promise<unknown> = Promise.resolve();
  /** Of each device, the reports told by an age that are still on their way to the disk. */
  const storing = new Map<string, Promise<unknown>>();
  const clock = {
    holdUnsynchronised: site.clock.holdUnsynchronised,
    noteMs: durationMs(site.clock.note),
    holdMs: durationMs(site.clock.hold),
  };

  return {
    report(report) {
      // What may have been read before is looked up first; two such reports at once would each find it new.
      if (!isRepeatable(report)) return isAged(report) ? aged(report) : take(report);
      const taken = turn.then(() => take(report));
      turn = taken;
      return taken;
    },

    scan({ config, scan, received }) {
      const events = places.scan(config.place, scan, received);
      const refused = events.find(({ type }) => type === "scan-refused");
      if (refused !== undefined) log("scan-refused", { place: config.place, device: config.id, ...refused.data });
      keep(events);
    },

    // Devices log their changes themselves, and the fleet answers how they are.
    changed() {},

    keep,
  };

  /** A measurement told by its age may be shown again, over another connection, while it is being stored. */
  function aged(report: Report): Promise<"stored" | "refused"> {
    const device = report.config.id;
    const taken = take(report);
    const stored = Promise.all([storing.get(device), taken]).then(() => {
      if (storing.get(device) === stored) storing.delete(device);
    });
    storing.set(device, stored);
    return taken;
  }

  /** finding -> observation -> patient -> journal -> delivery */
  async function take(report: Report): Promise<"stored" | "refused"> {
    const undo: (() => void)[] = [];
    try {
      const mayBeKnown = isRepeatable(report) || storing.has(report.config.id);
      await (mayBeKnown ? lookedUp(report, undo) : stored(report, unknown(meaning(report)), undo));
      return "stored";
    } catch (error) {
      for (const forget of undo) forget();
      const code = problemCodeOf(error) ?? "JOURNAL_FAILED";
      trouble(code);
      log("report-refused", { device: report.config.id, code, findings: report.findings.length });
      return "refused";
    }
  }

  /** What the journal knows already, or another report on its way to it brings, is left out. */
  async function lookedUp(report: Report, undo: (() => void)[]): Promise<void> {
    const meant = meaning(report);
    const known = isRepeatable(report) ? await journal.known(repeatable(meant)) : undefined;
    let fresh = unknown(meant, known);
    const before = storing.get(report.config.id);
    if (fresh.length < meant.length && before !== undefined) {
      // Seen is not stored: if the report that is still on its way fails, this one is the measurement.
      await before;
      fresh = unknown(meant, known);
    }
    await stored(report, fresh, undo);
  }

  /** Binds, addresses and hands over in one go, so that no observation stays in memory until the disk has it. */
  function stored(report: Report, fresh: readonly Unbound[], undo: (() => void)[]): Promise<unknown> | undefined {
    for (const observation of fresh) undo.push(repeats.remember(observation));
    const instrument = {
      connectedSince: report.connectedSinceMs,
      shared: report.config.shared ?? false,
      ...(report.receivedAfterMs === undefined ? {} : { receivedAfter: report.receivedAfterMs }),
    };
    const observations: Observation[] = [];
    const events: JournalEvent[] = [];
    for (const unbound of fresh) {
      const bound = places.bind(unbound, instrument);
      observations.push(bound.observation);
      events.push(...bound.events);
    }
    if (observations.length === 0) return undefined;
    const ready = observations.filter(({ standing }) => standing.state === "ready");
    const deliveries = address(ready, addressees, postmark(report.received), "result");
    return journal.append({ observations, events, deliveries });
  }

  /** finding -> observation */
  function meaning({ findings, profile, device, session, received, skewMs, config }: Report) {
    const timezone = config.timezone ?? site.timezone;
    const skew = skewMs === undefined ? {} : { skewMs };
    const { allowUnproven } = config;
    return normalizeReport(
      findings,
      { profile, device, session, received, timezone, ...skew, allowUnproven, clock },
      mint,
    );
  }

  /**
   * A memory that is read again brings what is known: it is safe already, is not addressed twice, and says nothing
   * about who is in the room now. So it is left out before anybody is asked whose it is.
   */
  function unknown(observations: readonly Unbound[], known?: ReadonlySet<string>): readonly Unbound[] {
    const left: Unbound[] = [];
    for (const o of observations) {
      const seen = known?.has(o.sourceKey) ? "same" : repeats.look(o);
      if (seen === "new") left.push(o);
      if (seen === "perhaps")
        left.push({ ...o, standing: standingFor([...heldReasons(o.standing), "maybe-repeated"]) });
    }
    return left;
  }

  function postmark(received: HostTime) {
    return { at: received.wall, site: site.site, gateway: site.gateway, timezone: site.timezone, mint };
  }

  /** What happened without a reading is kept too; a disk that takes no events is told by the readings that it refuses. */
  function keep(events: readonly JournalEvent[]): void {
    if (events.length === 0) return;
    journal.append({ observations: [], events, deliveries: [] }).catch((error: unknown) => {
      const code = problemCodeOf(error) ?? "JOURNAL_FAILED";
      trouble(code);
      log("event-lost", { code, events: events.length });
    });
  }
}

/** Whether an instrument may report some of this again: it names its records. */
const isRepeatable = ({ findings }: Report): boolean => findings.some(({ identity }) => identity !== undefined);

const isAged = ({ findings }: Report): boolean => findings.some(({ ageMs }) => ageMs !== undefined);

const repeatable = (observations: readonly Unbound[]): readonly string[] =>
  observations.map(({ sourceKey }) => sourceKey).filter((key) => !key.startsWith("id:"));

/** What others ask of the line beside what devices tell it. */
export interface Gateway extends Upstream {
  keep(events: readonly JournalEvent[]): void;
}
