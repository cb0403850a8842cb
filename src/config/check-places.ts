import { durationMs } from "./duration.ts";
import { type Locate, mistake, note, type Path, type Remark } from "./remark.ts";
import { type BarcodeRule, type Place, type Site, unknownAuthority } from "./site.ts";

/** The sentence that says why a pattern is refused, if it is. */
export type PatternMistake = (pattern: string) => string | undefined;

/** What patterns and rules come to, which is not for the configuration to know. */
export interface BarcodeJudge {
  readonly patternMistake: PatternMistake;
  /** What the second of two rules shares with the first, which is tried before it, if that can be told. */
  readonly overlapOf: (first: BarcodeRule, second: BarcodeRule) => Overlap | undefined;
}

interface Overlap {
  readonly example: string;
  /** Whatever fits the second fits the first too. */
  readonly whole: boolean;
  /** Whatever fits the first fits the second too. */
  readonly particular: boolean;
}

/** Barcode rules that cannot be used or never fit, and places whose readings would all be held. */
export function checkPlaces(site: Site, given: BarcodeJudge, locate: Locate): readonly Remark[] {
  const judge = remembering(given);
  return site.places.flatMap((place, i) => {
    const path: Path = ["places", i];
    const remarks = place.barcodes.flatMap((rule, r) =>
      checkRule(rule, [...path, "barcodes", r], judge.patternMistake, locate),
    );
    const all = place.barcodes.findIndex(fitsEverything);
    if (all >= 0 && all < place.barcodes.length - 1) {
      const means = place.barcodes[all]?.means;
      const text = `This rule fits every code, so each would be taken for a ${means} and the rules below never fit. Put it last, or give it a prefix, pattern, length or symbologies.`;
      remarks.push(mistake(locate, [...path, "barcodes", all], text));
    } else remarks.push(...checkOverlaps(place, site.patients, [...path, "barcodes"], judge, locate));
    if (durationMs(place.idleAfter) > durationMs(place.longest))
      remarks.push(note(locate, [...path, "idleAfter"], `It never acts, for “longest” (${place.longest}) is shorter.`));
    const binds = place.barcodes.some((rule) => rule.means === "patient" || rule.means === "specimen");
    if (binds && place.kind === "lab-bench" && !place.trustInstrumentIds) {
      const text =
        "What an analyzer says of its tube is not taken: each tube waits for a person, unless it was scanned here first and the analyzer's clock is one that was compared. Say “trustInstrumentIds: true” to take its word.";
      remarks.push(note(locate, path, text));
    }
    if (!binds && !place.trustInstrumentIds) {
      const text = "No barcode rule means a patient or a specimen, so every reading of this place waits for a person.";
      remarks.push(note(locate, path, text));
    } else if (place.unverified === "hold" && namesPatients(place)) {
      const text =
        "No list of patients confirms a wristband in this version, so every patient's reading of this place is held as `unknown-patient`. Say “unverified: allow” to send them.";
      remarks.push(note(locate, [...path, "unverified"], text));
    }
    return remarks;
  });
}

/** Patients whose identifiers would be sent without saying who issued them. */
export function checkAuthority({ places, patients }: Site, locate: Locate): readonly Remark[] {
  const unsaid = places.filter(namesPatients).some(({ barcodes }) => {
    const rules = barcodes.filter(({ means }) => means === "patient");
    return rules.length === 0 || rules.some(({ authority }) => !authority);
  });
  if (!unsaid || patients.authority !== unknownAuthority) return [];
  const text = `“authority” is missing: identifiers are sent as issued by ${unknownAuthority} (HL7 PID-3), by which no receiver knows its patients. Name who issues them.`;
  return [note(locate, ["patients"], text)];
}

/** By a scan, or by an instrument where nothing says that it names tubes. */
function namesPatients({ barcodes, trustInstrumentIds }: Place): boolean {
  const means = barcodes.map((rule) => rule.means);
  return means.includes("patient") || (trustInstrumentIds && !means.includes("specimen"));
}

/** Most rooms have the rules of the others. */
function remembering(judge: BarcodeJudge): BarcodeJudge {
  const known = new Map<string, Overlap | undefined>();
  const overlapOf: BarcodeJudge["overlapOf"] = (...rules) => {
    const key = JSON.stringify(rules);
    if (!known.has(key)) known.set(key, judge.overlapOf(...rules));
    return known.get(key);
  };
  return { ...judge, overlapOf };
}

/** Codes that could mean two things, where the wrong one of the two could pass unseen. */
function checkOverlaps(
  { barcodes: rules, kind }: Place,
  patients: Site["patients"],
  path: Path,
  judge: BarcodeJudge,
  locate: Locate,
): readonly Remark[] {
  const meaning = ({ means, authority = patients.authority, type = patients.type }: BarcodeRule): string =>
    means === "patient" ? `${means} ${authority} ${type}` : means;
  const tried = [...rules.keys()].sort((a, b) => Number(isStaff(rules[b])) - Number(isStaff(rules[a])) || a - b);
  return tried.flatMap((second, n) => {
    for (const first of tried.slice(0, n)) {
      const [one, other] = [rules[first], rules[second]];
      if (one === undefined || other === undefined || meaning(one) === meaning(other)) continue;
      const overlap = judge.overlapOf(one, other);
      const words = overlap && overlapWords([one, other], overlap, kind, locate([...path, first]).line);
      if (words !== undefined) return [(words.severe ? mistake : note)(locate, [...path, second], words.text)];
    }
    return [];
  });
}

const isStaff = (rule: BarcodeRule | undefined): boolean => rule?.means === "staff";

function overlapWords(
  [one, other]: readonly [first: BarcodeRule, second: BarcodeRule],
  { example, whole, particular }: Overlap,
  kind: Place["kind"],
  line: number,
): { readonly severe: boolean; readonly text: string } | undefined {
  const apart = "Tell them apart by prefix, pattern, length or symbologies.";
  const fits = `A code such as “${example}” fits this rule and the one in line ${line}, which is tried first`;
  if (takesPlace(other, kind) && !takesPlace(one, kind)) {
    const taken = `${codeWords[other.means]} would be taken for ${codeWords[one.means]}, and whoever was there before would stay`;
    return { severe: whole || !particular, text: `${fits}: ${taken}. ${apart}` };
  }
  if (whole) {
    const text = `This rule never fits: the one in line ${line} takes each of its codes, such as “${example}”, for ${codeWords[one.means]}. ${apart}`;
    return { severe: true, text };
  }
  // The particular one before the general is how rules are meant to be written.
  if (particular) return undefined;
  return { severe: false, text: `${fits}: it is taken for ${codeWords[one.means]}.` };
}

/** Whether such a code ends what was before it; a badge, a visit, or a tube in an exam room does not. */
function takesPlace({ means }: BarcodeRule, kind: Place["kind"]): boolean {
  return means === "patient" || means === "done" || (means === "specimen" && kind === "lab-bench");
}

const codeWords: Readonly<Record<BarcodeRule["means"], string>> = {
  patient: "a wristband",
  visit: "a visit",
  staff: "a badge",
  specimen: "a specimen",
  done: "a “done” card",
};

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
