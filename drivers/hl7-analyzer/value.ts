import type { WireValue } from "../../src/driver-kit/contract.ts";
import { number } from "../../src/driver-kit/text.ts";
import type { Segment } from "../../src/hl7/segment.ts";
import type { Options } from "./options.ts";

/** HL7's "delete this value". */
const NULL = '""';

/** Types (OBX-2) whose text may be a number; it may be left out, too. */
const numeric = ["NM", "SN", "ST", "TX", "FT", ""];
const coded = ["CE", "CF", "CNE", "CWE"];

/**
 * Reads OBX-5. What is not wholly a number, of a type for numbers or words, stays text; nothing, dashes, asterisks, HL7's
 * null, a word of the profile's list and status X (table 0085) are no values.
 */
export function readValue(
  obx: Segment,
  status: string | undefined,
  { absentValues }: Pick<Options, "absentValues">,
): WireValue {
  const type = obx.get(2) ?? "";
  const [repetition = [], ...others] = obx.tree(5);
  const said = [repetition, ...others].map((one) => written(coded.includes(type) ? meaning(one) : one));
  if (others.length > 0) return { kind: "text", text: said.join("; ") };
  const [first = ""] = said;
  const text = type === "SN" && isOneNumber(repetition) ? repetition.flat().join("").trim() : first;
  const wrote = text === "" ? {} : { text };
  if (status === "X") return { kind: "absent", reason: "failed", ...wrote };
  if (text === "" || text === NULL) return { kind: "absent", reason: "not-measured", ...wrote };
  const reason = Object.hasOwn(absentValues, text) ? absentValues[text] : undefined;
  if (reason !== undefined) return { kind: "absent", reason, text };
  if (/^-+$/.test(text)) return { kind: "absent", reason: "not-computable", text };
  if (/^\*+$/.test(text)) return { kind: "absent", reason: "masked", text };
  if (!numeric.includes(type)) return { kind: "text", text };
  const [, sign, digits = ""] = /^([<>])? ?(\S+)$/.exec(text) ?? [];
  if (number(digits) === undefined) return { kind: "text", text };
  return { kind: "number", text: digits, ...(sign === "<" || sign === ">" ? { bound: sign } : {}) };
}

type Components = readonly (readonly string[])[];

/** A coded value is its text where it has one: the code alone says nothing to people. */
function meaning(value: Components): Components {
  const [code = [], text = []] = value;
  return [text.join("") === "" ? code : text];
}

function written(value: Components): string {
  return value
    .map((component) => component.join("&"))
    .join("^")
    .replace(/\^+$/, "")
    .trim();
}

/** SN of a comparator and a number. A range, a ratio or a sum is none. */
function isOneNumber([comparator = [], number, ...others]: Components): boolean {
  return (
    ["", "<", ">"].includes(comparator.join("")) &&
    number?.length === 1 &&
    others.every((other) => other.join("") === "")
  );
}
