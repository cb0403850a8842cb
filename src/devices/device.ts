import type { Profile } from "../config/profile.ts";
import type { Device } from "../config/site.ts";
import type { Finding, Scan } from "../driver-kit/contract.ts";
import type { DeviceReference } from "../model/device.ts";
import type { Problem } from "../model/problem.ts";
import type { HostTime } from "../model/times.ts";

/** What supervised devices tell the gateway. The straight line's entrance. */
export interface Upstream {
  /** Findings to be stored; answers once they are on disk, or cannot be. Never rejects. */
  report(report: Report): Promise<"stored" | "refused">;
  scan(scan: ScanReport): void;
  /** A device's condition changed. */
  changed(status: DeviceStatus): void;
}

export interface Report {
  readonly config: Device;
  readonly profile: Profile;
  readonly device: DeviceReference;
  readonly session: string;
  readonly received: HostTime;
  /** Where it is forgotten when it came: after this, on the scale of `received.monotonicMs`, and no later than that. */
  readonly receivedAfterMs?: number;
  /**
   * Since when the instrument has been at the other end, on the same scale. Only a reading measured while its instrument
   * was connected may be bound to an association that has ended meanwhile.
   */
  readonly connectedSinceMs: number;
  /** The instrument's clock minus the host's, when it was compared in this session. */
  readonly skewMs?: number;
  readonly findings: readonly Finding[];
  /** Its instrument may be waiting for the answer. */
  readonly awaited: boolean;
}

export interface ScanReport {
  readonly config: Device;
  readonly session: string;
  readonly received: HostTime;
  /** Absent where something was scanned and could not be read: whom it was for, nobody knows. */
  readonly scan?: Scan;
}

/** One word of state for screens, and the problem behind it where there is one. */
export interface DeviceStatus {
  readonly device: string;
  readonly place: string;
  readonly profile?: string;
  readonly state: DeviceState;
  readonly problem?: Problem;
  readonly port?: string;
  readonly serial?: string;
  readonly battery?: string;
  readonly skewMs?: number;
  readonly lastByteAt?: HostTime;
  readonly bytesIn: number;
  readonly bytesDiscarded: number;
}

/** `waiting`: not open, and tried again by itself. `stopped`: not tried, until the configuration or the box changes. */
export type DeviceState = "opening" | "ready" | "talking" | "silent" | "waiting" | "stopped";
