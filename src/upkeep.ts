import { type MendingParts, mendTimes } from "./clock-mending.ts";
import type { Journal, JournalEvent } from "./journal/journal.ts";
import type { Log } from "./log.ts";
import { type ProblemCode, problemCodeOf } from "./model/problem.ts";
import type { Clock, HostTime } from "./model/times.ts";

export interface UpkeepParts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  /** How long delivered readings are kept. */
  readonly keepDeliveredMs: number;
  /** What ran out in the places by now. */
  readonly tick: (now: HostTime) => readonly JournalEvent[];
  readonly keep: (events: readonly JournalEvent[]) => void;
  readonly address: MendingParts["address"];
  readonly poke: () => void;
  /** The journal is damaged: only a start can take over what is readable of it. */
  readonly broken: (code: ProblemCode) => void;
}

export interface Upkeep {
  /** The journal refused something. */
  trouble(code: ProblemCode): void;
  stop(): void;
}

/** How often the places are looked at for an association that ran out, and the clock for its synchronisation. */
const heartbeatMs = 1000;
const retainEveryMs = 3_600_000;
/** On a full disk old rows make room, and that cannot wait for the hour. */
const retainWhenFullMs = 30_000;

/** What has to be done from time to time while the gateway runs, whatever happens. */
export function upkeep(parts: UpkeepParts): Upkeep {
  const { journal, clock, log, keepDeliveredMs, tick, keep, address, poke, broken } = parts;
  let clockWasSet = false;
  let retainAt = clock.now().monotonicMs + retainEveryMs;

  const timer = setInterval(() => {
    const now = clock.now();
    keep(tick(now));
    if (!clockWasSet && now.quality === "synchronised") mend(now);
    if (now.monotonicMs >= retainAt) retain(now);
  }, heartbeatMs);

  return {
    trouble(code) {
      if (code === "JOURNAL_CORRUPT") broken(code);
      if (code === "JOURNAL_FULL") retainAt = Math.min(retainAt, clock.now().monotonicMs + retainWhenFullMs);
    },
    stop: () => clearInterval(timer),
  };

  function mend(now: HostTime): void {
    clockWasSet = true;
    mendTimes({ journal, address }, now).then(
      (mended) => {
        if (mended > 0) log("times-mended", { readings: mended });
        poke();
      },
      (error: unknown) => {
        clockWasSet = false;
        log("times-not-mended", { code: problemCodeOf(error) });
      },
    );
  }

  function retain(now: HostTime): void {
    retainAt = now.monotonicMs + retainEveryMs;
    const before = new Date(Date.parse(now.wall) - keepDeliveredMs).toISOString();
    journal.retain(before).then(
      (removed) => {
        if (removed > 0) log("retention", { removed });
      },
      (error: unknown) => log("retention-failed", { code: problemCodeOf(error) }),
    );
  }
}
