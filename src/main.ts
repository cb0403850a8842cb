import { join } from "node:path";
import { hostClock } from "./clock.ts";
import { durationMs } from "./config/duration.ts";
import { keepLastGood } from "./config/last-good.ts";
import type { Configuration } from "./config/load.ts";
import { statePath } from "./config/paths.ts";
import { answers } from "./console/answers.ts";
import { listenForControl } from "./console/control.ts";
import { createDesk } from "./desk.ts";
import { Fleet } from "./devices/fleet.ts";
import { createGateway } from "./gateway.ts";
import { JournalError, type NewDelivery, type Purpose } from "./journal/journal.ts";
import { openJournal } from "./journal/open.ts";
import { jsonLog, type Log } from "./log.ts";
import { makeFolder } from "./make-folder.ts";
import { minter } from "./mint.ts";
import type { Observation } from "./model/observation.ts";
import type { ProblemCode } from "./model/problem.ts";
import { createPlaces } from "./places.ts";
import { type Addressee, address } from "./sinks/address.ts";
import { type Delivering, deliver } from "./sinks/deliver.ts";
import { makeSink, type SinkNote } from "./sinks/make.ts";
import { serviceManager } from "./systemd.ts";
import { upkeep } from "./upkeep.ts";

/** So long is a delivery that arrived noted later, for company, and in a crowd longer: till then a power cut sends it again. */
const gatherSettledMs = 50;

export interface StartOptions {
  readonly configuration: Configuration;
  /** It is the last good one, and not the operator's. */
  readonly lastGood?: boolean;
  readonly socket: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly writeLog: (line: string) => void;
}

export interface Running {
  /** Resolves if the journal turns out to be damaged: the gateway must be started again to take over what is readable. */
  readonly broken: Promise<ProblemCode>;
  stop(): Promise<void>;
}

/**
 * Starts everything in order: journal, destinations, the line, people's desk, instruments last; and answers how to
 * stop it, the other way round. The only file that knows all the others.
 */
export async function start({
  configuration,
  lastGood = false,
  socket,
  env,
  writeLog,
}: StartOptions): Promise<Running> {
  const { site, profiles, folder } = configuration;
  const log: Log = jsonLog(writeLog);
  const manager = serviceManager(env);
  const clock = hostClock();
  const state = statePath(site.state, folder, env);
  const mint = minter();

  await makeFolder(state).catch((cause: unknown) => {
    throw new JournalError("JOURNAL_FAILED", cause instanceof Error ? cause.message : String(cause), cause);
  });
  const { journal, opened } = await openJournal({
    path: join(state, "journal.sqlite"),
    ballastBytes: site.journal.ballastMegabytes * 2 ** 20,
    maxBytes: site.journal.maxMegabytes * 2 ** 20,
    clock,
  });
  if (opened.recovered !== undefined) log("journal-recovered", { code: "JOURNAL_CORRUPT", ...opened.recovered });
  // A disk without room for the copy is no reason not to read and send.
  await keepLastGood(state, configuration.sources).catch(() => log("last-good-not-kept"));

  // A receiver that takes a message and fails afterwards is something for a person, so it is kept as well as told.
  const note: SinkNote = (type, data) => {
    log(type, data);
    const event = { at: clock.now().wall, type, data };
    journal.append({ observations: [], events: [event], deliveries: [] }).catch(() => log("event-lost", { type }));
  };
  const workers: Delivering[] = [];
  /** What is wrong beyond a destination that takes everything. */
  const doubts = new Map<string, ProblemCode>();
  const addressees: Addressee[] = [];
  for (const config of site.sinks) {
    const sink = await makeSink(config, site, note, (alert) => {
      log("sink", { sink: config.id, ...alert });
      if (alert.edge === "raised") doubts.set(config.id, alert.code);
      else doubts.delete(config.id);
    });
    addressees.push({ sink, kinds: config.kinds });
    const hl7 = "hl7" in config ? config.hl7 : undefined;
    workers.push(
      deliver({
        sink,
        journal,
        clock,
        gatherMs: gatherSettledMs,
        ...(hl7 && { options: { errorTries: hl7.errorTries, whenUnsure: hl7.whenUnsure } }),
        onAlert: (alert) => log("sink", { sink: sink.id, ...alert }),
      }),
    );
  }
  const poke = (): void => {
    for (const worker of workers) worker.poke();
  };

  const places = createPlaces(site);
  let tellBroken: (code: ProblemCode) => void = () => {};
  const broken = new Promise<ProblemCode>((resolve) => {
    tellBroken = resolve;
  });
  const trouble = (code: ProblemCode): void => chores.trouble(code);
  const gateway = createGateway({ site, places, journal, addressees, mint, log, trouble });
  const addressed = (observations: readonly Observation[], purpose: Purpose): readonly NewDelivery[] => {
    const postmark = { at: clock.now().wall, site: site.site, gateway: site.gateway, timezone: site.timezone, mint };
    return address(observations, addressees, postmark, purpose);
  };
  const desk = createDesk({
    journal,
    patients: site.patients,
    typed: places.typed,
    now: () => clock.now().wall,
    address: addressed,
  });
  const fleet = new Fleet({ upstream: gateway, clock, log, recordings: join(state, "recordings") });
  const letGo = async (): Promise<void> => {
    await Promise.all(workers.map((worker) => worker.stop()));
    await journal.close();
  };
  const control = await listenForControl(
    socket,
    answers({
      journal,
      gateway,
      places,
      desk,
      clock,
      poke,
      lastGood,
      devices: () => fleet.statuses(),
      sinks: () =>
        workers.map((worker) => {
          const status = worker.status();
          const doubt = doubts.get(status.sink);
          return status.code !== undefined || doubt === undefined ? status : { ...status, code: doubt };
        }),
    }),
  ).catch(async (error: unknown) => {
    await letGo();
    throw error;
  });
  await fleet.apply(site, profiles);

  const chores = upkeep({
    journal,
    clock,
    log,
    keepDeliveredMs: durationMs(site.journal.keepDelivered),
    tick: (now) => places.tick(now),
    keep: (events) => gateway.keep(events),
    address: (observations) => addressed(observations, "result"),
    poke,
    broken: (code) => tellBroken(code),
  });
  const watchdog = manager.watch(() => journal.counts());
  manager.ready(`${site.devices.length} devices, ${site.sinks.length} destinations`);
  log("ready", { site: site.site, gateway: site.gateway, requeued: opened.requeued, unsure: opened.unsure });

  return {
    broken,
    async stop() {
      manager.stopping();
      chores.stop();
      watchdog.stop();
      await fleet.stop();
      await control.close();
      await letGo();
      log("stopped");
    },
  };
}
