import type { DeviceTime } from "./times.ts";

/** What an instrument says of itself on contact. Everything is optional, for most say little. */
export interface DeviceIdentity {
  readonly manufacturer?: string;
  readonly model?: string;
  readonly serial?: string;
  readonly firmware?: string;
  readonly battery?: string;
  /** Its clock at the moment of contact. */
  readonly clock?: DeviceTime;
}

/** What stood behind an observation: the configured device and the exact versions that read it. */
export interface DeviceReference extends Omit<DeviceIdentity, "clock" | "battery"> {
  /** The device's id in the site's configuration. */
  readonly device: string;
  readonly place: string;
  /** `profile-id@version`. */
  readonly profile: string;
  /** `driver-id@version`. */
  readonly driver: string;
}
