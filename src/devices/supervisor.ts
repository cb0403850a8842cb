import type { Profile } from "../config/profile.ts";
import type { Device } from "../config/site.ts";
import type { Driver, Finding, Session } from "../driver-kit/contract.ts";
import type { Connection, Ending, Link } from "../links/link.ts";
import type { DeviceIdentity, DeviceReference } from "../model/device.ts";
import type { Problem } from "../model/problem.ts";
import type { Clock, HostTime } from "../model/times.ts";
import { isSearch, retryAfterMs } from "./backoff.ts";
import { Condition } from "./condition.ts";
import type { DeviceStatus, Upstream } from "./device.ts";
import { faultFields } from "./fault.ts";
import { type Discard, LiveSession } from "./live-session.ts";
import type { Assignment } from "./match.ts";
import { isNoise, NoiseWatch } from "./noise.ts";
import { type Reader, readerOf } from "./reader.ts";
import type { Recording, RecordingStart } from "./recorder.ts";
import { SilenceWatch } from "./silence.ts";
import { skewOf } from "./skew.ts";
import type { Timers } from "./timers.ts";

/** Everything outside that a supervised device works with. */
interface Surroundings {
  readonly upstream: Upstream;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: (event: string, fields: Record<string, unknown>) => void;
  /** IANA zone of the instrument's clock. */
  readonly timezone: string;
  /** Where the device is now. */
  readonly locate: () => Promise<Assignment>;
  /** The link to it; undefined where its line settings are not known. */
  readonly linkTo: (found: Extract<Assignment, { ok: true }>) => Link | undefined;
  readonly loadDriver: (id: string) => Promise<Driver | undefined>;
  readonly record: (start: RecordingStart) => Recording;
  readonly sessionId: (now: HostTime) => string;
  readonly random: () => number;
}

/** A connection that lasted so long worked, whatever came of it. */
const workedMs = 60_000;

/**
 * One device, kept open: found, opened, read, watched for silence, and opened again for ever. Whatever goes wrong stays
 * its own: an exception out of a driver closes this session and no other.
 */
export class SupervisedDevice {
  readonly #device: Device;
  readonly #around: Surroundings;
  readonly #condition: Condition;
  readonly #stop = new AbortController();
  readonly #storing = new Set<Promise<void>>();
  #link: { readonly key: string; readonly link: Link } | undefined;
  /** Ends the present session from this side. */
  #hangUp: (() => void) | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(device: Device, around: Surroundings) {
    this.#device = device;
    this.#around = around;
    this.#condition = new Condition(device, (status, before) => {
      around.upstream.changed(status);
      if (status.state === before.state && status.problem?.code === before.problem?.code) return;
      const { state, problem, port } = status;
      around.log("device", { device: device.id, state, code: problem?.code, detail: problem?.detail, port });
    });
  }

  status(): DeviceStatus {
    return this.#condition.status();
  }

  start(): void {
    this.#running = this.#run().catch((error: unknown) => {
      // Only a mistake in this file leads here; the device is lost until a restart, and that is said.
      this.#condition.enter("stopped", { code: "DRIVER_FAILED", detail: "the supervisor failed" });
      this.#logFault(error);
    });
  }

  /** Closes it for good. Resolves once it is closed and what it had reported is stored or refused. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#hangUp?.();
    await this.#running;
    this.#link?.link.dispose();
    await Promise.all(this.#storing);
  }

  async #run(): Promise<void> {
    let attempt = 0;
    while (!this.#stop.signal.aborted) {
      const opened = await this.#open();
      if (!opened.ok) {
        if (this.#stop.signal.aborted) return;
        const waitMs = retryAfterMs(opened.problem.code, attempt, this.#around.random());
        const stays = opened.problem.code === "PORT_AMBIGUOUS" || opened.problem.code === "PROFILE_UNDECIDED";
        this.#condition.enter(waitMs === undefined || stays ? "stopped" : "waiting", opened.problem);
        if (waitMs === undefined) return;
        // A port just plugged in is refused for the moment that udev takes to hand it over; that must not cost a minute.
        attempt = isSearch(opened.problem.code) ? 0 : attempt + 1;
        await this.#wait(waitMs);
        continue;
      }
      const { end, worked } = await this.#converse(opened);
      if (end === undefined) return;
      if (end.reason === "ended") {
        this.#condition.enter("stopped");
        return;
      }
      attempt = worked ? 0 : attempt + 1;
      const fault = end.reason === "fault";
      this.#condition.enter("waiting", fault ? { code: "DRIVER_FAILED" } : lost(end.detail));
      // At a listening port the instrument sets the pace.
      if (fault || !opened.link.passive) {
        await this.#wait(retryAfterMs("LINK_LOST", attempt, this.#around.random()) ?? workedMs);
      }
    }
  }

  async #open(): Promise<OpenedDevice | { readonly ok: false; readonly problem: Problem }> {
    const found = await this.#around.locate();
    if (!found.ok) return found;
    const made = await readerOf(found.profile, this.#around.loadDriver, this.#device.link);
    if (!made.ok) return made;
    const link = this.#linkTo(found);
    if (link === undefined) {
      const detail = `neither profile ${found.profile.id} nor the device's link gives a baud rate`;
      return { ok: false, problem: { code: "PROFILE_INVALID", detail } };
    }
    const opened = await link.open(this.#stop.signal, () => {
      // Listening is all that can be done; what stays to be said is that the last call broke off.
      if (this.#condition.problem !== "LINK_LOST") this.#condition.enter("waiting");
    });
    if (!opened.ok) return opened;
    if (this.#stop.signal.aborted) {
      await opened.connection.close();
      return { ok: false, problem: lost("stopped") };
    }
    const { connection } = opened;
    try {
      const session = made.reader.session();
      return { ok: true, connection, session, link, profile: found.profile, reader: made.reader };
    } catch (error) {
      await connection.close();
      this.#logFault(error);
      return { ok: false, problem: { code: "DRIVER_FAILED" } };
    }
  }

  /** The link stays the same as long as the device stays where it is: a listening port is not closed between calls. */
  #linkTo(found: Extract<Assignment, { ok: true }>): Link | undefined {
    const key = JSON.stringify([found.path, found.profile.id, found.profile.version]);
    if (this.#link?.key === key) return this.#link.link;
    this.#link?.link.dispose();
    const link = this.#around.linkTo(found);
    this.#link = link === undefined ? undefined : { key, link };
    return link;
  }

  /** One connection from its opening to its end; `end` is undefined where `stop` ended it. */
  async #converse(opened: OpenedDevice): Promise<{ readonly end?: LiveEnd; readonly worked: boolean }> {
    const { connection, profile, reader } = opened;
    const { clock, timers, upstream } = this.#around;
    const now = clock.now();
    const session = this.#around.sessionId(now);
    const log = { device: this.#device.id, session };
    this.#around.log("session.opened", { ...log, port: connection.name, profile: reader.profile });
    for (const note of connection.notes) this.#around.log("session.note", { ...log, note });

    const noise = new NoiseWatch();
    const silence = new SilenceWatch(profile.silenceAfter, { clock, timers }, () =>
      this.#condition.enter("silent", { code: "DEVICE_SILENT", detail: `for ${profile.silenceAfter}` }),
    );
    let device = this.#reference(reader, {});
    let heard = false;

    let tellEnd: (end: LiveEnd | undefined) => void = () => {};
    const ending = new Promise<LiveEnd | undefined>((resolve) => {
      tellEnd = resolve;
    });
    const live = new LiveSession({
      session: opened.session,
      connection,
      recording: this.#around.record({
        head: {
          capture: 1,
          profile: profile.id,
          source: `recorded at ${this.#device.id}`,
          evidence: "capture",
          device: this.#device.id,
          session,
          opened: now.wall,
        },
        reports: reader.driver.input === "reports",
      }),
      timers,
      clock,
      openedMs: now.monotonicMs,
      events: {
        report: (findings: readonly Finding[], received: HostTime) =>
          upstream.report({
            config: this.#device,
            profile,
            device,
            session,
            received,
            openedMs: now.monotonicMs,
            findings,
            ...(this.#condition.skewMs === undefined ? {} : { skewMs: this.#condition.skewMs }),
          }),
        scan: (scan, received) => upstream.scan({ config: this.#device, session, received, scan }),
        discarded: ({ reason }, received) => {
          // What a scanner garbled was somebody's band: the place must not go on as if nothing had been scanned.
          if (profile.kind !== "scanner" || reason === "noise" || !isNoise(reason)) return;
          upstream.scan({ config: this.#device, session, received });
        },
        identify: (identity, received) => {
          this.#identify(identity, received);
          device = this.#reference(reader, this.#condition.identity);
        },
        heard: (bytes, discards, received) => {
          heard ||= bytes > 0;
          this.#heard(bytes, discards, received, noise);
          if (bytes > 0) silence.heard(received.monotonicMs);
        },
        fault: (error) => this.#logFault(error, session),
        over: (end) => tellEnd(end),
      },
    });
    this.#hangUp = () => tellEnd(undefined);
    this.#condition.connected(connection.name, profile.id);
    live.start();

    const end = await ending;
    this.#hangUp = undefined;
    silence.stop();
    if (end === undefined) await live.close();
    this.#await(live);
    this.#around.log("session.closed", { ...log, reason: end?.reason ?? "stopped" });
    const lasted = clock.now().monotonicMs - now.monotonicMs;
    const worked = lasted >= workedMs || (heard && end?.reason !== "fault");
    return end === undefined ? { worked } : { end, worked };
  }

  /** Reports on their way to the disk are waited for, though the session that made them is gone. */
  #await(live: LiveSession): void {
    const stored = live.stored().then(() => {
      this.#storing.delete(stored);
    });
    this.#storing.add(stored);
  }

  #reference(reader: Reader, identity: DeviceIdentity): DeviceReference {
    const { clock: _clock, battery: _battery, ...kept } = identity;
    return {
      ...kept,
      device: this.#device.id,
      place: this.#device.place,
      profile: reader.profile,
      driver: reader.version,
    };
  }

  #identify(identity: DeviceIdentity, received: HostTime): void {
    const local = identity.clock?.local;
    const skewMs = local === undefined ? undefined : skewOf(local, received.wall, this.#around.timezone);
    this.#condition.identified(identity, skewMs);
  }

  #heard(bytes: number, discards: readonly Discard[], received: HostTime, noise: NoiseWatch): void {
    let notUnderstood = 0;
    for (const { reason, span } of discards) if (isNoise(reason)) notUnderstood += span.to - span.from;
    this.#condition.count(bytes, notUnderstood, received);
    noise.count(bytes, notUnderstood);
    if (noise.noisy) this.#condition.enter("talking", { code: "DEVICE_NOISE" });
    else if (bytes > 0 || this.#condition.problem === "DEVICE_NOISE") this.#condition.enter("talking");
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        cancel();
        this.#stop.signal.removeEventListener("abort", done);
        resolve();
      };
      const cancel = this.#around.timers.after(ms, done);
      this.#stop.signal.addEventListener("abort", done, { once: true });
      if (this.#stop.signal.aborted) done();
    });
  }

  #logFault(error: unknown, session?: string): void {
    this.#around.log("device.fault", { device: this.#device.id, session, ...faultFields(error) });
  }
}

interface OpenedDevice {
  readonly ok: true;
  readonly connection: Connection;
  readonly session: Session;
  readonly link: Link;
  readonly profile: Profile;
  readonly reader: Reader;
}

type LiveEnd = Ending | { readonly reason: "fault" };

function lost(detail: string | undefined): Problem {
  return detail === undefined ? { code: "LINK_LOST" } : { code: "LINK_LOST", detail };
}
