import type { HoldReason, ReadingKind, ReportedSubject } from "../model/observation.ts";
import type { Binding, PatientId } from "../model/patient.ts";
import type { Instant, SteadySpan } from "../model/times.ts";
import type { Association, Badge, Ended, EndReason } from "./association.ts";
import type { BarcodeReader } from "./barcode.ts";
import type { Rejection } from "./rule-fit.ts";

/** The rules of one place, as its configuration says them; durations in milliseconds. */
export interface PlaceRules {
  readonly kind: "exam-room" | "lab-bench";
  readonly barcodes: BarcodeReader;
  readonly idleAfterMs: number;
  readonly longestMs: number;
  /** What becomes of readings of a patient whom no directory has confirmed. */
  readonly unverified: "hold" | "allow";
  readonly trustInstrumentIds: boolean;
}

/** Who is in a place, and who was. Held in memory alone: after a restart nobody is active. */
export type PlaceState = Vacant | Occupied;

interface Place {
  readonly rules: PlaceRules;
  /** The latest moment that any event brought; the steady clock never goes back here. */
  readonly now: number;
  /** The staff badge that is active. */
  readonly staff?: Badge & { readonly touched: number };
  /** Associations that ended, oldest first, bounded in number and age. */
  readonly past: readonly Ended[];
}

export interface Vacant extends Place {
  readonly occupancy: "vacant";
}

export interface Occupied extends Place {
  readonly occupancy: "open";
  readonly open: Association;
}

/** A place with nobody in it and no past, as at every start. */
export const vacant = (rules: PlaceRules): Vacant => ({
  occupancy: "vacant",
  rules,
  now: Number.NEGATIVE_INFINITY,
  past: [],
});

/**
 * What happens in a place. `at` is milliseconds on the gateway's steady clock, `wall` the same moment for the records.
 * A tick brings to light what ran out meanwhile; a late one changes nothing but when people see it.
 */
export type PlaceEvent = { readonly at: number; readonly wall: Instant } & (
  | { readonly on: "scan"; readonly text: string; readonly symbology?: string }
  /** Something was scanned that the scanner or the line garbled. */
  | { readonly on: "unreadable" }
  | { readonly on: "reading"; readonly reading: ReadingToBind }
  | { readonly on: "done" }
  | { readonly on: "log-off" }
  | { readonly on: "restart" }
  | { readonly on: "tick" }
  /** A directory knows this patient, or knows that there is none. */
  | { readonly on: "patient-verified"; readonly patient: PatientId }
  | { readonly on: "patient-unknown"; readonly patient: PatientId }
);

/** What must be known of a reading to say whose it is. */
export interface ReadingToBind {
  readonly kind: ReadingKind;
  /**
   * When it was measured (see `measuredWindow` of normalize). Absent where clocks do not tell: then no association can
   * claim it.
   */
  readonly measured?: SteadySpan | undefined;
  /**
   * Since when its instrument has been at the other end of the connection: an ended association claims only what was
   * measured since.
   */
  readonly connectedSince: number;
  /** Its instrument is used in several rooms: no association claims what was measured before it was connected here. */
  readonly shared?: boolean;
  readonly reported?: ReportedSubject | undefined;
}

/** What an event means: what changed in the place, and the answer to the scan or reading. */
export interface Decision {
  readonly changes: readonly Change[];
  readonly scan?: ScanOutcome;
  readonly reading?: ReadingOutcome;
}

/** A change of the place, for the journal and the screen. */
export type Change =
  | { readonly change: "opened"; readonly association: Association }
  | { readonly change: "renewed"; readonly association: Association }
  /** `association.end` may lie before the event that brought it to light (idle, longest). */
  | { readonly change: "ended"; readonly association: Ended; readonly why: EndReason }
  | { readonly change: "visit-added"; readonly association: Association }
  | { readonly change: "verified" | "unknown"; readonly association: Association }
  | { readonly change: "staff-on" | "staff-off"; readonly by: string };

export type ScanOutcome =
  | { readonly accepted: true; readonly means: "patient" | "visit" | "staff" | "specimen" | "done" }
  | {
      readonly accepted: false;
      readonly reason: Rejection | "unreadable" | "no-patient-for-visit" | "another-visit" | "not-in-this-room";
    };

/**
 * Whose a reading is. Held readings keep the binding that they would have (an unknown patient), so that a person sees
 * whom the scan named; the others have none. `holds` adds to whatever normalisation has found.
 */
export interface ReadingOutcome {
  readonly binding?: Binding;
  readonly holds: readonly HoldReason[];
}
