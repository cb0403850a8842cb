import type { WireValue } from "../../src/driver-kit/contract.ts";
import { number } from "../../src/driver-kit/text.ts";
import type { Bound } from "../../src/model/quantity.ts";

export interface ValueRules {
  /** The flags `<` and `>` say that the value is the limit of what the analyzer can measure. */
  readonly offScaleFlags: boolean;
  /** Flags of a result that the analyzer did not let out. */
  readonly maskedFlags: readonly string[];
  /** Flags that are the result where there is no value. */
  readonly messageFlags: readonly string[];
}

/**
 * Reads R field 4. What is not wholly a number stays text; what stands for a missing value (nothing, dashes, question
 * marks, status X, a masked result) is absent, never a number.
 *
 * @param text the field, escapes resolved, padding off
 * @param flags R field 7
 * @param status R field 9, `X` for a result that cannot be had
 */
export function readValue(text: string, flags: readonly string[], status: string, rules: ValueRules): WireValue {
  const wrote = text === "" ? {} : { text };
  if (status === "X") return { kind: "absent", reason: "failed", ...wrote };
  if (flags.some((flag) => rules.maskedFlags.includes(flag))) return { kind: "absent", reason: "masked", ...wrote };
  const message = flags.find((flag) => rules.messageFlags.includes(flag));
  if (text === "" && message !== undefined) return { kind: "text", text: message };
  if (text === "") return { kind: "absent", reason: "not-measured" };
  if (/^-+$/.test(text)) return { kind: "absent", reason: "not-computable", ...wrote };
  if (/^\?+$/.test(text)) return { kind: "absent", reason: "failed", ...wrote };

  const [, sign, digits] = /^([<>])?\s*(\S+)$/.exec(text) ?? [];
  if (digits === undefined || number(digits) === undefined) return { kind: "text", text };
  const bounds = new Set<Bound>();
  if (sign === "<" || sign === ">") bounds.add(sign);
  if (rules.offScaleFlags) for (const flag of flags) if (flag === "<" || flag === ">") bounds.add(flag);
  const [bound, other] = bounds;
  // Below and above at once: nobody can say what was measured.
  if (other !== undefined) return { kind: "text", text };
  return { kind: "number", text: digits, ...(bound === undefined ? {} : { bound }) };
}
