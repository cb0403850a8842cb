import type { Device } from "../config/site.ts";
import type { DeviceIdentity } from "../model/device.ts";
import type { Problem, ProblemCode } from "../model/problem.ts";
import type { HostTime } from "../model/times.ts";
import type { DeviceState, DeviceStatus } from "./device.ts";

/** One condition of a device: what changes together, when it changes. */
interface Phase {
  readonly state: DeviceState;
  readonly problem?: Problem | undefined;
}

/** What an instrument says of itself and keeps as long as it is the same one. */
const lasting = ["manufacturer", "model", "serial"] as const;

/** What is known of a device's present condition. It tells of changes, and of nothing else. */
export class Condition {
  readonly #device: Device;
  readonly #changed: (status: DeviceStatus, before: Phase) => void;
  #phase: Phase = { state: "opening" };
  #profile: string | undefined;
  #port: string | undefined;
  #identity: DeviceIdentity = {};
  #skewMs: number | undefined;
  #lastByteAt: HostTime | undefined;
  #bytesIn = 0;
  #bytesDiscarded = 0;

  constructor(device: Device, changed: (status: DeviceStatus, before: Phase) => void) {
    this.#device = device;
    this.#changed = changed;
    this.#profile = device.profile;
  }

  get state(): DeviceState {
    return this.#phase.state;
  }

  get problem(): ProblemCode | undefined {
    return this.#phase.problem?.code;
  }

  get identity(): DeviceIdentity {
    return this.#identity;
  }

  get skewMs(): number | undefined {
    return this.#skewMs;
  }

  status(): DeviceStatus {
    return {
      device: this.#device.id,
      place: this.#device.place,
      state: this.#phase.state,
      bytesIn: this.#bytesIn,
      bytesDiscarded: this.#bytesDiscarded,
      ...(this.#profile === undefined ? {} : { profile: this.#profile }),
      ...(this.#phase.problem === undefined ? {} : { problem: this.#phase.problem }),
      ...(this.#port === undefined ? {} : { port: this.#port }),
      ...(this.#identity.serial === undefined ? {} : { serial: this.#identity.serial }),
      ...(this.#identity.battery === undefined ? {} : { battery: this.#identity.battery }),
      ...(this.#skewMs === undefined ? {} : { skewMs: this.#skewMs }),
      ...(this.#lastByteAt === undefined ? {} : { lastByteAt: this.#lastByteAt }),
    };
  }

  enter(state: DeviceState, problem?: Problem): void {
    const before = this.#phase;
    if (before.state === state && before.problem?.code === problem?.code) {
      if (before.problem?.detail === problem?.detail) return;
    }
    this.#phase = { state, problem };
    this.#changed(this.status(), before);
  }

  /** A new connection: another instrument may be at its end, so nothing is known of it. */
  connected(port: string, profile: string): void {
    this.#port = port;
    this.#profile = profile;
    this.#identity = {};
    this.#skewMs = undefined;
    this.enter("ready");
  }

  identified(identity: DeviceIdentity, skewMs: number | undefined): void {
    const before = JSON.stringify([this.#identity.serial, this.#identity.battery, seconds(this.#skewMs)]);
    // Another instrument on the same cable: what was known of the first one says nothing of it, nor is its serial number.
    const another = lasting.some((part) => {
      const [known, told] = [this.#identity[part], identity[part]];
      return known !== undefined && told !== undefined && known !== told;
    });
    if (another) this.#skewMs = undefined;
    this.#identity = another ? identity : { ...this.#identity, ...identity };
    if (skewMs !== undefined) this.#skewMs = skewMs;
    const after = JSON.stringify([this.#identity.serial, this.#identity.battery, seconds(this.#skewMs)]);
    if (after !== before) this.#changed(this.status(), this.#phase);
  }

  /** Counts bytes, without telling: they come too often. */
  count(bytes: number, notUnderstood: number, at: HostTime): void {
    this.#bytesIn += bytes;
    this.#bytesDiscarded += notUnderstood;
    if (bytes > 0) this.#lastByteAt = at;
  }
}

/** A polled instrument tells its clock every few seconds; what differs by less than a second is no news. */
function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms / 1000);
}
