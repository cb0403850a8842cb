import { durationMs } from "./duration.ts";
import { type Locate, mistake, note, type Path, type Remark } from "./remark.ts";
import type { BarcodeRule, Site } from "./site.ts";

/** The sentence that says why a pattern is refused, if it is. */
export type PatternMistake = (pattern: string) => string | undefined;

/** Barcode rules that cannot be used or never fit, and places whose readings would all be held. */
export function checkPlaces(site: Site, patternMistake: PatternMistake, locate: Locate): readonly Remark[] {
  return site.places.flatMap((place, i) => {
    const path: Path = ["places", i];
    const remarks = place.barcodes.flatMap((rule, r) =>
      checkRule(rule, [...path, "barcodes", r], patternMistake, locate),
    );
    const all = place.barcodes.findIndex(fitsEverything);
    if (all >= 0 && all < place.barcodes.length - 1) {
      const means = place.barcodes[all]?.means;
      const text = `This rule fits every code, so each would be taken for a ${means} and the rules below never fit. Put it last, or give it a prefix, pattern, length or symbologies.`;
      remarks.push(mistake(locate, [...path, "barcodes", all], text));
    }
    if (durationMs(place.idleAfter) > durationMs(place.longest))
      remarks.push(note(locate, [...path, "idleAfter"], `It never acts, for “longest” (${place.longest}) is shorter.`));
    const binds = place.barcodes.some((rule) => rule.means === "patient" || rule.means === "specimen");
    if (!binds && !place.trustInstrumentIds) {
      const text = "No barcode rule means a patient or a specimen, so every reading of this place waits for a person.";
      remarks.push(note(locate, path, text));
    }
    return remarks;
  });
}

function checkRule(rule: BarcodeRule, path: Path, patternMistake: PatternMistake, locate: Locate): readonly Remark[] {
  const remarks: Remark[] = [];
  const wrong = rule.pattern === undefined ? undefined : patternMistake(rule.pattern);
  if (wrong !== undefined) remarks.push(mistake(locate, [...path, "pattern"], wrong));
  if (rule.length !== undefined && rule.length[0] > rule.length[1])
    remarks.push(mistake(locate, [...path, "length"], `${rule.length[0]} is more than ${rule.length[1]}.`));
  if (rule.prefix === "") remarks.push(note(locate, [...path, "prefix"], "An empty prefix tells nothing apart."));
  return remarks;
}

function fitsEverything(rule: BarcodeRule): boolean {
  const { prefix, pattern, length, check, symbologies, gs1 } = rule;
  const any = pattern === undefined || /^\.[*+]$/.test(pattern);
  return (
    !prefix && any && length === undefined && check === undefined && symbologies === undefined && gs1 === undefined
  );
}
