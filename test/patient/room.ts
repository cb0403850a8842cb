import type { BarcodeRule } from "../../src/config/site.ts";
import { barcodeRule } from "../../src/config/site.ts";
import { barcodeReader } from "../../src/patient/barcode.ts";
import { decide } from "../../src/patient/decide.ts";
import {
  type Decision,
  type PlaceEvent,
  type PlaceRules,
  type PlaceState,
  type ReadingToBind,
  vacant,
} from "../../src/patient/place.ts";

export const rule = (given: Partial<BarcodeRule> & Pick<BarcodeRule, "means">): BarcodeRule => barcodeRule.parse(given);

/** `P-` patients, `V-` visits, `S-` staff, `T-` specimens, `DONE`. */
export const barcodes = barcodeReader(
  [
    rule({ means: "patient", prefix: "P-", pattern: "\\d{1,6}" }),
    rule({ means: "visit", prefix: "V-" }),
    rule({ means: "staff", prefix: "S-" }),
    rule({ means: "specimen", prefix: "T-" }),
    rule({ means: "done", pattern: "DONE" }),
  ],
  { authority: "CLINIC", type: "MR" },
);

export const minute = 60_000;

export const room = (more: Partial<PlaceRules> = {}): PlaceRules => ({
  kind: "exam-room",
  barcodes,
  idleAfterMs: 5 * minute,
  longestMs: 60 * minute,
  unverified: "allow",
  trustInstrumentIds: false,
  ...more,
});

export const patient = (id: string) => ({ id, authority: "CLINIC", type: "MR" });

type Step = PlaceEvent extends infer E ? (E extends PlaceEvent ? Omit<E, "wall"> : never) : never;

/** Plays events in order; the wall clock is the steady clock's number. */
export function play(
  steps: readonly Step[],
  rules: PlaceRules = room(),
  from: PlaceState = vacant(rules),
): { readonly decisions: readonly Decision[]; readonly state: PlaceState } {
  let state = from;
  const decisions = steps.map((step) => {
    const [next, decision] = decide(state, { ...step, wall: `wall ${step.at}` } as PlaceEvent);
    state = next;
    return decision;
  });
  return { decisions, state };
}

export const scan = (at: number, text: string): Step => ({ on: "scan", at, text });

/** A reading measured at one moment, by an instrument that was connected all along unless said otherwise. */
export const reading = (measured: number, arrives = measured, more: Partial<ReadingToBind> = {}): Step => ({
  on: "reading",
  at: arrives,
  reading: { kind: "patient", measured: { from: measured, to: measured }, connectedSince: 0, ...more },
});

/** What became of each reading: the bound patient's or specimen's identifier, or the reasons for which it is held. */
export function fates(decisions: readonly Decision[]): readonly string[] {
  return decisions.flatMap(({ reading: outcome }) => {
    if (outcome === undefined) return [];
    const subject = outcome.binding?.subject;
    const id = subject === undefined ? [] : [subject.kind === "patient" ? subject.patient.id : subject.specimen];
    return [[...id, ...outcome.holds].join(" ")];
  });
}
