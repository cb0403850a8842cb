import type { Profile } from "../config/profile.ts";
import type { Device } from "../config/site.ts";
import type { Scan, Session } from "../driver-kit/contract.ts";
import type { Connection, Ending } from "../links/link.ts";
import type { DeviceIdentity, DeviceReference } from "../model/device.ts";
import type { Clock, HostTime } from "../model/times.ts";
import type { Condition } from "./condition.ts";
import type { Upstream } from "./device.ts";
import { faultFields } from "./fault.ts";
import { type Discard, LiveSession } from "./live-session.ts";
import { isNoise, NoiseWatch } from "./noise.ts";
import type { Reader } from "./reader.ts";
import type { Recording, RecordingStart } from "./recorder.ts";
import { SilenceWatch } from "./silence.ts";
import { skewOf } from "./skew.ts";
import type { Timers } from "./timers.ts";

/** What is outside of a conversation, and works with it. */
export interface ConversationSurroundings {
  readonly upstream: Upstream;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: (event: string, fields: Record<string, unknown>) => void;
  /** IANA zone of the instrument's clock. */
  readonly timezone: string;
  readonly record: (start: RecordingStart) => Recording;
  readonly sessionId: (now: HostTime) => string;
}

/** An open connection, and what its bytes are read with. */
export interface Opened {
  readonly connection: Connection;
  readonly session: Session;
  readonly profile: Profile;
  readonly reader: Reader;
}

export type ConversationEnd = Ending | { readonly reason: "fault" };

/** A connection that lasted so long worked, whatever came of it. */
const workedMs = 60_000;

/**
 * One connection from its opening to its end: what the instrument says goes upstream under its name, and how it fares
 * becomes the device's condition.
 */
export class Conversation {
  readonly #config: Device;
  readonly #opened: Opened;
  readonly #around: ConversationSurroundings;
  readonly #condition: Condition;
  readonly #id: string;
  readonly #openedMs: number;
  readonly #noise = new NoiseWatch();
  readonly #silence: SilenceWatch;
  readonly #live: LiveSession;
  readonly #ending: Promise<ConversationEnd | undefined>;
  #tellEnd: (end: ConversationEnd | undefined) => void = () => {};
  #device: DeviceReference;
  #heardBytes = false;

  constructor(config: Device, opened: Opened, around: ConversationSurroundings, condition: Condition) {
    const { connection, profile, reader, session } = opened;
    const { clock, timers } = around;
    const now = clock.now();
    this.#config = config;
    this.#opened = opened;
    this.#around = around;
    this.#condition = condition;
    this.#id = around.sessionId(now);
    this.#openedMs = now.monotonicMs;
    this.#device = this.#reference({});
    this.#ending = new Promise((resolve) => {
      this.#tellEnd = resolve;
    });
    this.#silence = new SilenceWatch(profile.silenceAfter, { clock, timers }, () =>
      condition.enter("silent", { code: "DEVICE_SILENT", detail: `for ${profile.silenceAfter}` }),
    );
    this.#log("session.opened", { port: connection.name, profile: reader.profile });
    for (const note of connection.notes) this.#log("session.note", { note });
    this.#live = new LiveSession({
      session,
      connection,
      recording: around.record({
        head: {
          capture: 1,
          profile: profile.id,
          source: `recorded at ${config.id}`,
          evidence: "capture",
          device: config.id,
          session: this.#id,
          opened: now.wall,
        },
        reports: reader.driver.input === "reports",
      }),
      timers,
      clock,
      openedMs: now.monotonicMs,
      carried: config.shared ?? false,
      events: {
        report: (findings, { received, receivedAfterMs, connectedSinceMs, instrument }, awaited) =>
          around.upstream.report({
            config,
            profile,
            session: this.#id,
            received,
            connectedSinceMs,
            findings,
            awaited,
            ...instrument,
            ...(receivedAfterMs === undefined ? {} : { receivedAfterMs }),
          }),
        instrument: () => ({
          device: this.#device,
          ...(condition.skewMs === undefined ? {} : { skewMs: condition.skewMs }),
        }),
        scan: (scan, received) => this.#scanned(received, scan),
        discarded: ({ reason }, received) => {
          // What a scanner garbled was somebody's band: the place must not go on as if nothing had been scanned.
          if (profile.kind === "scanner" && reason !== "noise" && isNoise(reason)) this.#scanned(received);
        },
        identify: (identity, received) => this.#identify(identity, received),
        heard: (bytes, discards, received) => this.#heard(bytes, discards, received),
        fault: (error) => this.#log("device.fault", faultFields(error)),
        over: (end) => this.#tellEnd(end),
      },
    });
  }

  /**
   * Lets it go on until it ends, and closes it. `end` is undefined where `hangUp` ended it; `worked` says whether
   * anything came of it.
   */
  async run(): Promise<{ readonly end?: ConversationEnd; readonly worked: boolean }> {
    const { connection, profile } = this.#opened;
    this.#condition.connected(connection.name, profile.id);
    this.#live.start();
    const end = await this.#ending;
    this.#silence.stop();
    if (end === undefined) await this.#live.close();
    this.#log("session.closed", { reason: end?.reason ?? "stopped" });
    const lasted = this.#around.clock.now().monotonicMs - this.#openedMs;
    const worked = lasted >= workedMs || (this.#heardBytes && end?.reason !== "fault");
    return end === undefined ? { worked } : { end, worked };
  }

  /** Ends it from this side. */
  hangUp(): void {
    this.#tellEnd(undefined);
  }

  /** Resolves once what was reported is stored or refused. */
  stored(): Promise<void> {
    return this.#live.stored();
  }

  #scanned(received: HostTime, scan?: Scan): void {
    const whose = { config: this.#config, session: this.#id, received };
    this.#around.upstream.scan(scan === undefined ? whose : { ...whose, scan });
  }

  #identify(identity: DeviceIdentity, received: HostTime): void {
    const { clock } = identity;
    const skewMs = clock === undefined ? undefined : skewOf(clock, received.wall, this.#around.timezone);
    this.#condition.identified(identity, skewMs);
    this.#device = this.#reference(this.#condition.identity);
  }

  #reference({ clock: _clock, battery: _battery, ...kept }: DeviceIdentity): DeviceReference {
    const { reader } = this.#opened;
    const { id, place } = this.#config;
    return { ...kept, device: id, place, profile: reader.profile, driver: reader.version };
  }

  #heard(bytes: number, discards: readonly Discard[], received: HostTime): void {
    let notUnderstood = 0;
    for (const { reason, span } of discards) if (isNoise(reason)) notUnderstood += span.to - span.from;
    this.#heardBytes ||= bytes > 0;
    this.#condition.count(bytes, notUnderstood, received);
    this.#noise.count(bytes, notUnderstood);
    if (this.#noise.noisy) this.#condition.enter("talking", { code: "DEVICE_NOISE" });
    else if (bytes > 0 || this.#condition.problem === "DEVICE_NOISE") this.#condition.enter("talking");
    if (bytes > 0) this.#silence.heard(received.monotonicMs);
  }

  #log(event: string, fields: Record<string, unknown>): void {
    this.#around.log(event, { device: this.#config.id, session: this.#id, ...fields });
  }
}
