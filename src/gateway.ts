import { durationMs } from "./config/duration.ts";
import type { Site } from "./config/site.ts";
import type { Report, Upstream } from "./devices/device.ts";
import type { Journal, JournalEvent } from "./journal/journal.ts";
import type { Log } from "./log.ts";
import type { Observation } from "./model/observation.ts";
import { type ProblemCode, problemCodeOf } from "./model/problem.ts";
import type { HostTime } from "./model/times.ts";
import { createNews, isRepeatable, type Undo } from "./news.ts";
import type { Unbound } from "./normalize/normalize.ts";
import { normalizeReport } from "./normalize/report.ts";
import type { Places } from "./places.ts";
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
  const news = createNews({ journal, meaning, store });
  const clock = {
    holdUnsynchronised: site.clock.holdUnsynchronised,
    noteMs: durationMs(site.clock.note),
    holdMs: durationMs(site.clock.hold),
  };

  return {
    report: (report) => news.inTurn(report, () => take(report)),

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

  /** finding -> observation -> patient -> journal -> delivery */
  function take(report: Report): Promise<"stored" | "refused"> {
    const undo: Undo = { steps: [] };
    const refused = (error: unknown): "refused" => {
      for (const forget of undo.steps) forget();
      const code = problemCodeOf(error) ?? "JOURNAL_FAILED";
      trouble(code);
      log("report-refused", { device: report.config.id, code, findings: report.findings.length });
      return "refused";
    };
    try {
      const done = news.store(report, undo);
      return done === undefined ? Promise.resolve("stored") : done.then(stored, refused);
    } catch (error) {
      return Promise.resolve(refused(error));
    }
  }

  /** Binds, addresses and hands over in one go, so that no observation stays in memory until the disk has it. */
  function store(report: Report, fresh: readonly Unbound[]): Promise<unknown> {
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
    const where = postmark(report.received);
    return journal.append({
      observations,
      events,
      awaited: report.awaited || isRepeatable(report),
      get deliveries() {
        const ready = observations.filter(({ standing }) => standing.state === "ready");
        return address(ready, addressees, where, "result");
      },
    });
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

const stored = (): "stored" => "stored";

/** What others ask of the line beside what devices tell it. */
export interface Gateway extends Upstream {
  keep(events: readonly JournalEvent[]): void;
}
