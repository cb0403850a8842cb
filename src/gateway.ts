import { durationMs } from "./config/duration.ts";
import type { Site } from "./config/site.ts";
import type { DeviceStatus, Report, Upstream } from "./devices/device.ts";
import type { Journal, JournalEvent } from "./journal/journal.ts";
import type { Log } from "./log.ts";
import { type ProblemCode, problemCodeOf } from "./model/problem.ts";
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
  /** Tells the delivery workers that something was queued. */
  readonly poke: () => void;
  readonly log: Log;
  /** Tells what the journal could not do. */
  readonly trouble: (code: ProblemCode) => void;
}

/** The straight line: finding, observation, patient, journal, delivery. */
export function createGateway({
  site,
  places,
  journal,
  addressees,
  mint,
  poke,
  log,
  trouble,
}: Line): Upstream & Gateway {
  const repeats = createRepeats();
  const statuses = new Map<string, DeviceStatus>();
  const clock = {
    holdUnsynchronised: site.clock.holdUnsynchronised,
    noteMs: durationMs(site.clock.note),
    holdMs: durationMs(site.clock.hold),
  };

  return {
    async report(report) {
      try {
        const fresh = await unknown(meaning(report));
        const bound = fresh.map((unbound) => places.bind(unbound, report.openedMs));
        const observations = bound.map(({ observation }) => observation);
        const events = bound.flatMap((b) => b.events);
        const ready = observations.filter(({ standing }) => standing.state === "ready");
        const deliveries = address(ready, addressees, postmark(report.received), "result");
        const appended = observations.length > 0 && journal.append({ observations, events, deliveries });
        // Before it is stored, so that the first claim shares its commit: only what is stored is ever handed out.
        if (deliveries.length > 0) poke();
        await appended;
        for (const observation of observations) repeats.remember(observation);
        return "stored";
      } catch (error) {
        const code = problemCodeOf(error) ?? "JOURNAL_FAILED";
        trouble(code);
        log("report-refused", { device: report.config.id, code, findings: report.findings.length });
        return "refused";
      }
    },

    scan({ config, scan, received }) {
      keep(places.scan(config.place, scan, received));
    },

    changed(status) {
      const before = statuses.get(status.device);
      statuses.set(status.device, status);
      if (before?.state === status.state && before.problem?.code === status.problem?.code) return;
      log("device", { device: status.device, state: status.state, code: status.problem?.code });
    },

    keep,
  };

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
  async function unknown(observations: readonly Unbound[]): Promise<readonly Unbound[]> {
    const keys = observations.map((o) => o.sourceKey).filter((key) => !key.startsWith("id:"));
    const known = keys.length === 0 ? undefined : await journal.known(keys);
    return observations.filter((o) => !known?.has(o.sourceKey) && !repeats.seen(o));
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

/** What others ask of the line beside what devices tell it. */
export interface Gateway extends Upstream {
  keep(events: readonly JournalEvent[]): void;
}
