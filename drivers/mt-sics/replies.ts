import type { Weighing } from "../../src/driver-kit/scale.ts";
import { number } from "../../src/driver-kit/text.ts";

/** The units of a weight. A scale can show others (pieces, percent); those are no weights. */
const units = ["g", "kg", "lb", "oz"];

/**
 * Reads one reply of MT-SICS level 0: `S`, a status character, the weight in ten characters with blanks on the left, a
 * blank, and the unit. Status `S` is a stable weight, `D` a moving one, `+` and `-` a load out of range, `I` busy.
 */
export function decode(reply: string): Weighing {
  const weight = /^S ([SD]) (.{10}) (\S{1,4})$/.exec(reply);
  if (weight !== null) {
    const [, status, field = "", unit = ""] = weight;
    const digits = number(field.replace(/^ +/, ""));
    if (digits === undefined) return { is: "malformed", detail: "weight is no number" };
    if (!units.includes(unit)) return { is: "malformed", detail: "not a unit of weight" };
    if (status === "D" || digits.value <= 0) return { is: "unsettled" };
    return { is: "load", measured: [{ channel: "S", value: { kind: "number", text: digits.text }, unit }] };
  }
  if (reply === "S +")
    return {
      is: "load",
      measured: [{ channel: "S", value: { kind: "absent", reason: "out-of-range", text: reply } }],
    };
  if (reply === "S -") return { is: "unsettled" };
  const serial = /^I4 A (?:"([!-~]{1,40})"|([!#-~]{1,40}))$/.exec(reply);
  if (serial !== null) return { is: "aside", identity: { serial: serial[1] ?? serial[2] ?? "" } };
  // Busy, a command the scale does not take, what people do at the scale itself (zero, tare, reset), what it is and can do.
  if (/^(S [IL]|E[STL]|I4 [IL]|(Z|ZI|T|TI|TA|TAC|I[0-3]) [ -~]{1,40})$/.test(reply)) return { is: "aside" };
  return { is: "malformed", detail: "no reply of level 0" };
}
