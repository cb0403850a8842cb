import type { Weighing } from "../../src/driver-kit/scale.ts";
import { number } from "../../src/driver-kit/text.ts";

/** The units of a weight, in the order in which they are tried. */
const units = "kg|lb|oz|g";

/**
 * `LF`, a status character, the range, `G` gross, `N` net or `T` tare, `M` in motion, a maker's own character, the weight
 * in ten characters, the unit in three, `CR`. How blanks fill the fields differs by model, so they are not counted.
 */
const weight = new RegExp(
  `^\\n([ ZOEeU]?) *[0-9]? *([GNT])([M ]?)[^0-9.-]?? *(-? *[0-9]+(?:\\.[0-9]+)?) *(${units}) *\\r$`,
);
/** Without a weight: over capacity or an error, whatever stands in its place. */
const none = /^\n *([OEe])[ -~]{3,30}\r$/;

/** Reads one reply of SMA level 1. */
export function decode(reply: string): Weighing {
  if (reply === "\n?\r") return { is: "aside" };
  const failed = none.exec(reply)?.[1];
  if (failed !== undefined) {
    const value = { kind: "absent", reason: failed === "O" ? "out-of-range" : "failed", text: failed } as const;
    return { is: "load", measured: [{ channel: "W", value }] };
  }
  const [, status, mode, motion, field = "", unit = ""] = weight.exec(reply) ?? [];
  const digits = number(field.replace(/ +/, ""));
  if (digits === undefined) return { is: "malformed", detail: "no weight of level 1" };
  if (mode === "T") return { is: "aside" };
  if (status === "Z" || status === "U" || motion === "M" || digits.value <= 0) return { is: "unsettled" };
  return {
    is: "load",
    measured: [
      {
        channel: "W",
        value: { kind: "number", text: digits.text },
        unit,
        ...(mode === "N" ? { flags: ["net"] } : {}),
      },
    ],
  };
}
