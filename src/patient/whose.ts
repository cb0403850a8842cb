import type { HoldReason, ReportedSubject } from "../model/observation.ts";
import type { Binding, Subject } from "../model/patient.ts";
import type { Instant } from "../model/times.ts";
import { type Association, bindingAt, covers, sameSubject, touches } from "./association.ts";
import type { PlaceRules, PlaceState, ReadingOutcome, ReadingToBind } from "./place.ts";

/**
 * Whose a reading is, by the associations as they stand. The association that covers the whole time in which it may
 * have been measured claims it, whenever it arrived; what the instrument itself reports can only confirm or contradict
 * that. Without such an association the instrument's word counts where the place trusts it. All else is held.
 */
export function whose(state: PlaceState, reading: ReadingToBind, wall: Instant): ReadingOutcome {
  if (reading.kind !== "patient") return { holds: [reading.kind] };
  const { rules } = state;
  const claim = claimant(state, reading);
  if (claim !== undefined) {
    if (contradicts(rules, claim.association.subject, reading.reported)) return { holds: ["conflicting-identifiers"] };
    return bound(rules, bindingAt(claim.association, claim.at));
  }
  const told = rules.trustInstrumentIds ? reportedSubject(rules, reading.reported) : undefined;
  if (told !== undefined) return bound(rules, { subject: told, since: wall, method: "instrument", verified: false });
  return { holds: [unclaimed(state, reading)] };
}

/** At most one: associations of a place do not overlap. */
function claimant(
  state: PlaceState,
  { measured, connectedSince, shared = false }: ReadingToBind,
): { readonly association: Association; readonly at: number } | undefined {
  if (measured === undefined) return undefined;
  const at = measured.to;
  if (shared && measured.from < connectedSince) return undefined;
  if (state.occupancy === "open" && covers(state.open, measured)) return { association: state.open, at };
  // A meter that was not in the room then may bring the readings of a patient who was somewhere else.
  if (measured.from < connectedSince) return undefined;
  const association = state.past.find((ended) => covers(ended, measured));
  return association === undefined ? undefined : { association, at };
}

/** The clocks do not tell; or somebody was there, and the reading's time lies outside or across an edge; or nobody was. */
function unclaimed(state: PlaceState, { measured }: ReadingToBind): HoldReason {
  if (measured === undefined) return "device-clock";
  const somebody = state.occupancy === "open" || state.past.some((ended) => touches(ended, measured));
  return somebody ? "outside-association" : "no-patient";
}

function bound(rules: PlaceRules, binding: Binding): ReadingOutcome {
  // No directory knows specimens: the laboratory's system matches them.
  const unknown = binding.subject.kind === "patient" && !binding.verified && rules.unverified === "hold";
  return { binding, holds: unknown ? ["unknown-patient"] : [] };
}

/**
 * Whether the instrument names another than the scan did: by the place's rules, issuer and all, and where they know no such
 * code, by the identifier as it stands. Identifiers of another kind say nothing.
 */
function contradicts(rules: PlaceRules, subject: Subject, reported: ReportedSubject | undefined): boolean {
  const text = subject.kind === "patient" ? reported?.patient : reported?.specimen;
  if (text === undefined || text === "") return false;
  const told = rules.barcodes.reported(text, subject.kind);
  if (told.means === "patient") return !sameSubject(subject, { kind: "patient", patient: told.patient });
  if (told.means === "specimen") return !sameSubject(subject, { kind: "specimen", specimen: told.id });
  return text !== (subject.kind === "patient" ? subject.patient.id : subject.specimen);
}

/** Whom the instrument names, if that passes the place's rules; a bench asks for the specimen first, a room for the patient. */
function reportedSubject(rules: PlaceRules, reported: ReportedSubject | undefined): Subject | undefined {
  const patient = (): Subject | undefined => {
    const told = reported?.patient === undefined ? undefined : rules.barcodes.reported(reported.patient, "patient");
    return told?.means === "patient" ? { kind: "patient", patient: told.patient } : undefined;
  };
  const specimen = (): Subject | undefined => {
    const told = reported?.specimen === undefined ? undefined : rules.barcodes.reported(reported.specimen, "specimen");
    return told?.means === "specimen" ? { kind: "specimen", specimen: told.id } : undefined;
  };
  return rules.kind === "lab-bench" ? (specimen() ?? patient()) : (patient() ?? specimen());
}
