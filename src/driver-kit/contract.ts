import type { z } from "zod";
import type { DeviceIdentity } from "../model/device.ts";
import type { ReadingKind, ReportedSubject, ResultStatus } from "../model/observation.ts";
import type { AbsentReason, Bound } from "../model/quantity.ts";
import type { DeviceTime } from "../model/times.ts";

/**
 * A driver turns what a link carries into findings. It is pure: no I/O, no clock, no timers, no randomness. Everything
 * that it knows came in as an event, everything that it wants goes out as an action.
 *
 * @typeParam O the options that a profile may set, as checked by `options`.
 */
export interface Driver<O = unknown> {
  /** The folder's name. */
  readonly id: string;
  /** Raised on any change of what is read from the same bytes; carried by every observation. */
  readonly version: string;
  /** What the links deliver in one `data` event: any piece of a byte stream, or exactly one HID report. */
  readonly input: "stream" | "reports";
  /**
   * What guards a value on the wire: a checksum, the structure alone, or nothing (plain text lines). Conformance flips
   * every bit of a capture, and asks more of a driver that claims `checksum`.
   */
  readonly integrity: "checksum" | "structure" | "none";
  readonly options: z.ZodType<O>;
  /** The channels and wire units that these options name, where they do: a profile that lacks one is told so. */
  speaks?(options: O): { readonly channels: readonly string[]; readonly units: readonly string[] };
  /** Options that a site still has to set, for nothing is read without them and no description gives them. */
  lacks?(options: O): readonly string[];
  /** A new session, in the state before `open`. A session lives as long as one connection. */
  session(options: O): Session;
  /**
   * Faults on the wire that, under these options, nothing in the protocol shows. Left out: none. Conformance refuses a
   * driver that reads another value from a capture so damaged without saying so here, and one that says so needlessly.
   */
  undetected?(options: O): readonly Undetected[];
}

/** A limit of a protocol that its driver cannot mend, and why, for the driver's README. */
export interface Undetected {
  readonly fault: "byte-lost" | "byte-doubled" | "cut-short" | "noise-before";
  readonly why: string;
}

/** One connection to one instrument. */
export interface Session {
  /** Takes one event and answers with what is to be done, in order. Never throws, whatever the bytes. */
  handle(event: SessionEvent): readonly Action[];
}

/** What the gateway tells a session. */
export type SessionEvent =
  | { readonly on: "open" }
  | { readonly on: "data"; readonly bytes: Uint8Array }
  /** The alarm asked for with `wake` rang. */
  | { readonly on: "wake" }
  /** The findings reported under this receipt are on disk: only now may the instrument be told so. */
  | { readonly on: "stored"; readonly receipt: number }
  /**
   * They are not (disk full): the instrument must keep them. A session within `offerAgain` hears this at most once of
   * each report, and `stored` after it if the report is stored at last.
   */
  | { readonly on: "refused"; readonly receipt: number }
  | { readonly on: "close" };

/** What a session asks of the gateway. */
export type Action =
  /** `as: "feature-report"` sets a HID device's feature report, in its order among the other writes. */
  | { readonly do: "write"; readonly bytes: Uint8Array; readonly as?: "feature-report" }
  /** Wake me after so long. There is one alarm: a new one replaces the earlier; 0 takes it away. */
  | { readonly do: "wake"; readonly afterMs: number }
  /**
   * Findings to be stored together. Receipts count up from 1 in each session; exactly one answer comes for each (within
   * `offerAgain`, see `refused`).
   */
  | { readonly do: "report"; readonly receipt: number; readonly findings: readonly Finding[] }
  | { readonly do: "identify"; readonly identity: DeviceIdentity }
  | { readonly do: "scan"; readonly scan: Scan }
  /** Bytes that were not understood, and why. */
  | { readonly do: "discard"; readonly span: Span; readonly reason: DiscardReason; readonly detail?: string };

/** Where something stood in the session's input: byte offsets `[from, to)` counted from its opening. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What the wire said and no more. Meaning (codes, units, limits) is the profile's. */
export interface Finding {
  /** The instrument's own name for what it measured, from a closed list where the protocol has one. */
  readonly channel: string;
  readonly value: WireValue;
  /** The unit verbatim. Absent where the wire carries none; the profile must then give a fixed one. */
  readonly unit?: string;
  readonly kind: ReadingKind;
  /** Findings of one report that share a group were taken together. */
  readonly group?: string;
  readonly deviceTime?: DeviceTime;
  /** How long ago, by the instrument's own count, it was measured. */
  readonly ageMs?: number;
  /** The step in which the instrument counts that age, in milliseconds; a second unless it says so. */
  readonly ageStepMs?: number;
  /** The instrument's record number, where it has one that never changes. */
  readonly record?: string;
  readonly reported?: ReportedSubject;
  /** Defaults to `final`. */
  readonly status?: ResultStatus;
  readonly flags?: readonly string[];
  /**
   * Set where the same result may be read again (a memory download, a resend): what makes it this one result, beside
   * channel and value. Without it each finding is a new reading.
   */
  readonly identity?: string;
  /**
   * An equal result may be another one, for nothing in it tells when it was measured (a date alone). It goes without
   * saying where there is neither a device time nor a record number.
   */
  readonly mayRecur?: true;
  readonly span: Span;
}

export type WireValue =
  /** `text` is the number's digits verbatim; with a bound, the limit's. */
  | { readonly kind: "number"; readonly text: string; readonly bound?: Bound }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "absent"; readonly reason: AbsentReason; readonly text?: string };

/** A barcode as read. `symbology` is the AIM identifier (`]C0`) where the scanner sends it. */
export interface Scan {
  readonly text: string;
  readonly symbology?: string;
  readonly span: Span;
}

/** Why bytes were not understood. */
export type DiscardReason =
  | "noise" // bytes that start no frame
  | "too-long" // no end within the frame's bound
  | "cut" // a new start, or silence, before the end
  | "checksum"
  | "malformed" // a frame whose fields break the protocol's rules
  | "duplicate" // a retransmission of what was read
  | "unsolicited" // well formed, but no answer to anything asked
  | "not-a-reading"; // well formed and of no interest (unstable weight, status line)
