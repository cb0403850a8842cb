import type { Profile } from "../config/profile.ts";
import type { Finding } from "../driver-kit/contract.ts";
import type { DeviceReference } from "../model/device.ts";
import type { Observation } from "../model/observation.ts";
import type { HostTime } from "../model/times.ts";

/** Everything about the situation of a finding that its bytes do not say. */
export interface Circumstances {
  readonly profile: Profile;
  readonly device: DeviceReference;
  readonly session: string;
  readonly received: HostTime;
  /** IANA zone of the instrument's clock. */
  readonly timezone: string;
  /** The instrument's clock minus the host's, compared on contact. */
  readonly skewMs?: number;
  readonly allowUnproven: boolean;
  readonly clock: { readonly holdUnsynchronised: boolean; readonly noteMs: number; readonly holdMs: number };
  /** Identifier of the observation to be made (UUIDv7), and of its group. */
  readonly id: string;
  readonly group: string;
}

/** An observation that nobody has been asked about yet: its standing knows everything but the patient. */
export type Unbound = Omit<Observation, "binding">;

/** Gives a finding its meaning, or says why it has none: unknown channels, units and values are held, never guessed. */
export type Normalize = (finding: Finding, circumstances: Circumstances) => Unbound;
