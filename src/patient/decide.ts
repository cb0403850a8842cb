import type { PatientId, Subject } from "../model/patient.ts";
import { type Association, type Ended, type EndReason, samePatient, sameSubject, withBadge } from "./association.ts";
import type { Change, Decision, PlaceEvent, PlaceState, ScanOutcome, Vacant } from "./place.ts";
import { vacant } from "./place.ts";
import { whose } from "./whose.ts";

/** How many ended associations are remembered for readings that arrive late, and for how long. */
export const pastMost = 32;
export const pastForMs = 24 * 3_600_000;

/**
 * Takes one event in a place and answers with the new state and what the event means. Pure, and total: the same events
 * give the same decisions. After a scan, readings go to whom that scan named, or to nobody: one that means nothing here
 * ends the association, for whoever scanned believes that the patient has changed.
 */
export function decide(state: PlaceState, event: PlaceEvent): readonly [PlaceState, Decision] {
  const at = Math.max(event.at, state.now);
  const [current, ended] = expire({ ...state, now: at });
  const [next, decision] = act(current, { ...event, at });
  return [next, { ...decision, changes: [...ended, ...decision.changes] }];
}

function act(state: PlaceState, event: PlaceEvent): readonly [PlaceState, Decision] {
  switch (event.on) {
    case "scan":
      return scanned(state, event);
    case "unreadable": {
      const [next, { changes }] = end(state, event.at, "unreadable");
      return [next, { changes, scan: { accepted: false, reason: "unreadable" } }];
    }
    case "reading": {
      const outcome = whose(state, event.reading, event.wall);
      const live = outcome.binding?.method === "scan" && state.occupancy === "open";
      const within = live && (event.reading.measured?.from ?? Number.NEGATIVE_INFINITY) >= state.open.begin;
      return [within ? touch(state, event.at) : state, { changes: [], reading: outcome }];
    }
    case "done":
      return end(state, event.at, "done");
    case "log-off": {
      const [next, decision] = end(state, event.at, "log-off");
      const [without, changes] = badgeOff(next);
      return [without, { changes: [...decision.changes, ...changes] }];
    }
    case "restart": {
      const [next, decision] = end(state, event.at, "restart");
      const [, changes] = badgeOff(next);
      return [{ ...vacant(state.rules), now: state.now }, { changes: [...decision.changes, ...changes] }];
    }
    case "tick":
      return [state, { changes: [] }];
    case "patient-verified":
      return answered(state, event.patient, "knows");
    case "patient-unknown":
      return answered(state, event.patient, "unknown");
    default:
      return event satisfies never;
  }
}

function scanned(state: PlaceState, event: PlaceEvent & { readonly on: "scan" }): readonly [PlaceState, Decision] {
  const code = state.rules.barcodes.scan(event);
  switch (code.means) {
    case "patient":
      return claim(state, event, { kind: "patient", patient: code.patient });
    case "specimen":
      // A tube labelled in an exam room is no patient, and takes nobody's place.
      if (state.rules.kind === "exam-room") return refuse(touch(state, event.at), "not-in-this-room");
      return claim(state, event, { kind: "specimen", specimen: code.id });
    case "visit": {
      if (state.occupancy !== "open" || state.open.subject.kind !== "patient")
        return refuse(state, "no-patient-for-visit");
      const subject = { ...state.open.subject, visit: code.id };
      const next = touch({ ...state, open: { ...state.open, subject } }, event.at);
      return accept(
        next,
        "visit",
        next.occupancy === "open" ? [{ change: "visit-added", association: next.open }] : [],
      );
    }
    case "staff": {
      const badge = { by: code.id, from: event.at };
      const same = state.staff?.by === badge.by;
      const [without, off] = same ? [state, []] : badgeOff(state);
      const staff = { ...(same && state.staff !== undefined ? state.staff : badge), touched: event.at };
      const next: PlaceState =
        without.occupancy === "open"
          ? { ...without, staff, open: withBadge(without.open, badge) }
          : { ...without, staff };
      return accept(touch(next, event.at), "staff", same ? [] : [...off, { change: "staff-on", by: badge.by }]);
    }
    case "done": {
      const [next, { changes }] = end(state, event.at, "done");
      return accept(next, "done", changes);
    }
    case "nothing": {
      const [next, { changes }] = end(state, event.at, "unreadable");
      return [next, { changes, scan: { accepted: false, reason: code.reason } }];
    }
    default:
      return code satisfies never;
  }
}

/** A patient or specimen was scanned: the same one stays, another takes the place at this instant. */
function claim(state: PlaceState, { at, wall }: PlaceEvent, subject: Subject): readonly [PlaceState, Decision] {
  if (state.occupancy === "open" && sameSubject(state.open.subject, subject)) {
    const next = touch({ ...state, open: { ...state.open, claimed: at } }, at);
    return accept(next, subject.kind, next.occupancy === "open" ? [{ change: "renewed", association: next.open }] : []);
  }
  const [free, { changes }] = end(state, at, "next");
  const staff = free.staff === undefined ? [] : [{ by: free.staff.by, from: at }];
  const open: Association = { subject, begin: at, since: wall, directory: "unasked", staff, touched: at, claimed: at };
  const next = touch({ ...free, occupancy: "open", open }, at);
  return accept(next, subject.kind, [...changes, { change: "opened", association: open }]);
}

const accept = (
  state: PlaceState,
  means: Extract<ScanOutcome, { accepted: true }>["means"],
  changes: readonly Change[],
): readonly [PlaceState, Decision] => [state, { changes, scan: { accepted: true, means } }];

const refuse = (
  state: PlaceState,
  reason: Extract<ScanOutcome, { accepted: false }>["reason"],
): readonly [PlaceState, Decision] => [state, { changes: [], scan: { accepted: false, reason } }];

/** Something was done here: idle times start again. */
function touch<S extends PlaceState>(state: S, at: number): S {
  const staffed = state.staff === undefined ? state : { ...state, staff: { ...state.staff, touched: at } };
  return staffed.occupancy === "open" ? { ...staffed, open: { ...staffed.open, touched: at } } : staffed;
}

function end(state: PlaceState, at: number, why: EndReason): readonly [Vacant, Decision] {
  if (state.occupancy === "vacant") return [state, { changes: [] }];
  const { open, occupancy: _, ...place } = state;
  const ended: Ended = { ...open, end: at, why };
  const past = [...state.past, ended].slice(-pastMost).filter((old) => old.end > at - pastForMs);
  return [{ ...place, occupancy: "vacant", past }, { changes: [{ change: "ended", association: ended, why }] }];
}

function badgeOff<S extends PlaceState>(state: S): readonly [S, readonly Change[]] {
  if (state.staff === undefined) return [state, []];
  const { staff, ...without } = state;
  return [without as S, [{ change: "staff-off", by: staff.by }]];
}

/** Ends what has run out by now, at the moment when it did, however late that is noticed. */
function expire(state: PlaceState): readonly [PlaceState, readonly Change[]] {
  const changes: Change[] = [];
  let current = state;
  if (current.occupancy === "open") {
    const [endsAt, why] = endOf(current.open, current.rules);
    if (current.now >= endsAt) {
      const [next, decision] = end(current, endsAt, why);
      changes.push(...decision.changes);
      current = next;
    }
  }
  if (current.staff !== undefined && current.now >= current.staff.touched + current.rules.idleAfterMs) {
    const [next, off] = badgeOff(current);
    changes.push(...off);
    current = next;
  }
  return [current, changes];
}

function endOf(
  { touched, claimed }: Association,
  rules: { readonly idleAfterMs: number; readonly longestMs: number },
): readonly [at: number, why: EndReason] {
  const idle = touched + rules.idleAfterMs;
  const longest = claimed + rules.longestMs;
  return idle <= longest ? [idle, "idle"] : [longest, "longest"];
}

/** What a directory says of a patient holds for the associations of that patient, the ended ones too. */
function answered(
  state: PlaceState,
  patient: PatientId,
  directory: Association["directory"],
): readonly [PlaceState, Decision] {
  const learn = <A extends Association>(association: A): A =>
    association.subject.kind === "patient" && samePatient(association.subject.patient, patient)
      ? { ...association, directory }
      : association;
  const past = state.past.map(learn);
  if (state.occupancy === "vacant") return [{ ...state, past }, { changes: [] }];
  const open = learn(state.open);
  const change = directory === "knows" ? "verified" : "unknown";
  const changes: Change[] = open === state.open ? [] : [{ change, association: open }];
  return [{ ...state, past, open }, { changes }];
}
