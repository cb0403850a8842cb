import type { WireValue } from "../../src/driver-kit/contract.ts";
import { number } from "../../src/driver-kit/text.ts";
import type { Segment } from "../../src/hl7/segment.ts";
import type { Options } from "./options.ts";

/** HL7's "delete this value". */
const NULL = '""';

/**
 * Reads OBX-5. What is not wholly a number stays text; nothing, dashes, asterisks, HL7's null, a word of the profile's
 * list and status X are no values.
 */
export function readValue(obx: Segment, { absentValues }: Pick<Options, "absentValues">): WireValue {
  const [repetition, ...others] = obx.tree(5);
  if (others.length > 0) return { kind: "text", text: obx.tree(5).map(plain).join("; ") };
  const text = repetition === undefined ? "" : obx.get(2) === "SN" ? structured(repetition) : plain(repetition);
  const wrote = text === "" ? {} : { text };
  if (obx.get(11) === "X") return { kind: "absent", reason: "failed", ...wrote };
  if (text === "" || text === NULL) return { kind: "absent", reason: "not-measured", ...wrote };
  const reason = Object.hasOwn(absentValues, text) ? absentValues[text] : undefined;
  if (reason !== undefined) return { kind: "absent", reason, text };
  if (/^-+$/.test(text)) return { kind: "absent", reason: "not-computable", text };
  if (/^\*+$/.test(text)) return { kind: "absent", reason: "masked", text };
  const [, sign, digits = ""] = /^([<>])? ?(\S+)$/.exec(text) ?? [];
  if (number(digits) === undefined) return { kind: "text", text };
  return { kind: "number", text: digits, ...(sign === "<" || sign === ">" ? { bound: sign } : {}) };
}

function plain(repetition: readonly (readonly string[])[]): string {
  // A coded value is its text where it has one: the code alone says nothing to people.
  const [first = [""], second] = repetition;
  return ((second?.[0] ?? "") || first.join("&")).trim();
}

/** SN: comparator and number. Ranges and ratios stay text. */
function structured(repetition: readonly (readonly string[])[]): string {
  return repetition
    .map((component) => component.join("&"))
    .join("")
    .trim();
}
