/** An instant, as ISO 8601 with an offset and milliseconds: `2026-11-23T14:05:09.120Z`. */
export type Instant = string;

/** A wall-clock time without a zone, as an instrument keeps it: `2026-11-23T14:05:09`. */
export type LocalTime = string;

/** How far the host's own clock can be trusted when it stamped something. A Pi has no battery clock. */
export type ClockQuality = "synchronised" | "unsynchronised";

/** What an instrument wrote as its time: always its own text, and the reading of it where it is a possible date. */
export interface DeviceTime {
  readonly text: string;
  readonly local?: LocalTime;
  /** What it wrote beside that as its offset from UTC: `+01:00`. Without it, `local` is a time of the instrument's zone. */
  readonly offset?: string;
}

/** One reading of the host's clocks. `boot` names the boot that `monotonicMs` counts from. */
export interface HostTime {
  readonly wall: Instant;
  readonly monotonicMs: number;
  readonly boot: string;
  readonly quality: ClockQuality;
}

/** All the times of one observation. `measured` is the one taken as true, `source` says from where. */
export interface Times {
  readonly received: HostTime;
  readonly device?: DeviceTime;
  readonly measured: Instant;
  readonly source: MeasuredSource;
  /** In what steps the instrument counts the age that it told, in milliseconds, where that is more than a second. */
  readonly ageStepMs?: number;
  /** Device clock minus host clock when they were compared, in milliseconds; positive when the device is ahead. */
  readonly skewMs?: number;
}

/**
 * Where `measured` comes from: the moment of arrival; arrival minus the age that the instrument gave; the
 * instrument's clock as it stands; or that clock mended by its measured skew.
 */
export type MeasuredSource = "arrival" | "age" | "device" | "device-corrected";

/** The host's clocks, one of the three edges that tests replace. */
export interface Clock {
  now(): HostTime;
}

/**
 * A span of the gateway's steady clock, in milliseconds of one boot: something happened no earlier than `from` and no
 * later than `to`.
 */
export interface SteadySpan {
  readonly from: number;
  readonly to: number;
}
