import type { Simulation } from "../../src/driver-kit/instrument.ts";
import { memoryMeter } from "../../src/driver-kit/memory-meter.ts";
import { encodeBlock } from "./blocks.ts";

/**
 * A meter that says who it is in one block and what it keeps in another. A measurement has `glucose` with one decimal
 * for mmol/L, without for mg/dL, and `mark` in two digits.
 */
function instrument() {
  return memoryMeter<string>({
    capacity: 730,
    newest: "first",
    record({ glucose, mark }, at) {
      if (glucose === undefined) return undefined;
      const unit = glucose.includes(".") ? "mmol/L" : "mg/dL";
      const [date = "", time = ""] = at.split("T");
      const when = `${date.slice(2).replaceAll("-", "")},${time.slice(0, 5).replace(":", "")}`;
      return `Glu,${glucose},${unit},${mark ?? "00"},${when}`;
    },
    answer: (heard, { records }) =>
      [...heard].flatMap((byte) => {
        if (byte === 0xa2) return [encodeBlock(["  1,1,1,AR1234567,1.02"])];
        return byte === 0x80 ? [encodeBlock(records)] : [];
      }),
  });
}

export const simulation: Simulation = {
  instrument,
  samples: [{ glucose: "5.8" }, { glucose: "7.9", mark: "04" }, { glucose: "3.7" }],
};
