import type { WireValue } from "../../src/driver-kit/contract.ts";
import { hex, unsigned } from "./reader.ts";

/** What stands in the mantissa in place of a number, where the exponent is zero. */
const specials: Readonly<Record<number, Extract<WireValue, { kind: "absent" }>>> = {
  [-1]: { kind: "absent", reason: "not-measured", text: "NaN" },
  0: { kind: "absent", reason: "not-computable", text: "NRes" },
  [-2]: { kind: "absent", reason: "out-of-range", text: "+INF" },
  2: { kind: "absent", reason: "out-of-range", text: "-INF" },
  1: { kind: "absent", reason: "failed", text: "reserved" },
};

/**
 * A number of IEEE 11073-20601: SFLOAT in two bytes (exponent of 4 bits, mantissa of 12) or FLOAT in four (8 and 24), both
 * signed. The digits are the mantissa's, with the point where the exponent puts it: `F258` is `60.0`. Not a number, not at
 * this resolution, the infinities and the reserved value are absent, and so is a zero, which none of these vital signs has.
 */
export function wireValue(bytes: Uint8Array): WireValue {
  const bits = bytes.length === 2 ? 12 : 24;
  const whole = unsigned(bytes);
  const half = 2 ** (bits - 1);
  const raw = whole % (2 * half);
  const exponent = signed(Math.floor(whole / (2 * half)), bytes.length === 2 ? 4 : 8);
  const special = exponent === 0 ? specials[raw - half] : undefined;
  if (special !== undefined) return special;
  const mantissa = signed(raw, bits);
  const text = placed(mantissa, exponent);
  return mantissa === 0 ? { kind: "absent", reason: "not-measured", text } : { kind: "number", text };
}

/** The text for what a profile does not know: the number, or the bytes where they are none. */
export function numberText(bytes: Uint8Array): string {
  return bytes.length === 2 || bytes.length === 4 ? (wireValue(bytes).text ?? "") : hex(bytes);
}

function placed(mantissa: number, exponent: number): string {
  const sign = mantissa < 0 ? "-" : "";
  const digits = String(Math.abs(mantissa));
  if (exponent >= 0) return sign + (mantissa === 0 ? digits : digits + "0".repeat(exponent));
  const padded = digits.padStart(1 - exponent, "0");
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}

function signed(value: number, bits: number): number {
  return value < 2 ** (bits - 1) ? value : value - 2 ** bits;
}
