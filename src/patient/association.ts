import type { Binding, PatientId, Subject } from "../model/patient.ts";
import type { Instant, SteadySpan } from "../model/times.ts";

/** The interval in which a place has a patient or a specimen: `[begin, end)` on the gateway's steady clock. IHE PCIM. */
export interface Association {
  readonly subject: Subject;
  readonly begin: number;
  /** When the first scan claimed it, for the records. */
  readonly since: Instant;
  /** Whether a directory knows the patient. `unasked` until it has answered; a specimen stays so. */
  readonly directory: "unasked" | "knows" | "unknown";
  /** Staff badges that were active, each from a moment on; the latest are kept. */
  readonly staff: readonly Badge[];
  /** The last scan or reading, from which the idle time counts. */
  readonly touched: number;
  /** The last scan of this subject, from which the longest time counts. */
  readonly claimed: number;
}

/** One that is over. */
export interface Ended extends Association {
  readonly end: number;
  readonly why: EndReason;
}

export interface Badge {
  readonly by: string;
  readonly from: number;
}

/** Why an association ended. `unreadable`: a scan that meant nothing; whom it was for, nobody knows. */
export type EndReason = "done" | "idle" | "longest" | "next" | "unreadable" | "log-off" | "restart";

const badgesMost = 8;

/** Whether the whole of a window lies within an association that is open, or within `[begin, end)` of an ended one. */
export function covers(association: Association | Ended, { from, to }: SteadySpan): boolean {
  return from >= association.begin && (!("end" in association) || to < association.end);
}

/** Whether any of a window lies within. */
export function touches(association: Association | Ended, { from, to }: SteadySpan): boolean {
  return to >= association.begin && (!("end" in association) || from < association.end);
}

/** The binding of a reading measured at `at` within the association. */
export function bindingAt(association: Association, at: number): Binding {
  const by = association.staff.findLast((badge) => badge.from <= at)?.by;
  return {
    subject: association.subject,
    since: association.since,
    method: "scan",
    ...(by !== undefined && { by }),
    verified: association.directory === "knows",
  };
}

/** The association with a further badge; the same badge again changes nothing. */
export function withBadge(association: Association, badge: Badge): Association {
  if (association.staff.at(-1)?.by === badge.by) return association;
  return { ...association, staff: [...association.staff, badge].slice(-badgesMost) };
}

/** Whether two subjects are one, whatever the visit. */
export function sameSubject(a: Subject, b: Subject): boolean {
  if (a.kind === "patient") return b.kind === "patient" && samePatient(a.patient, b.patient);
  return b.kind === "specimen" && a.specimen === b.specimen;
}

/** Identifiers are one only with their authority and type. */
export const samePatient = (a: PatientId, b: PatientId): boolean =>
  a.id === b.id && a.authority === b.authority && a.type === b.type;
