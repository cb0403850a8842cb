import type { Instrument, Simulation } from "../../src/driver-kit/instrument.ts";
import { encodeBlock } from "./blocks.ts";

const capacity = 730;

/**
 * A meter that is put on the cable after its first measurement and stays, newest result first. A measurement has
 * `glucose` with one decimal for mmol/L, without for mg/dL, and `mark` in two digits.
 */
function instrument(): Instrument {
  const memory: string[] = [];
  return {
    handle(event) {
      switch (event.on) {
        case "open":
        case "wake":
          return [];
        case "data":
          return [...event.bytes].flatMap((byte) => {
            if (memory.length === 0) return [];
            if (byte === 0xa2) return [{ do: "write", bytes: encodeBlock(["  1,1,1,AR1234567,1.02"]) } as const];
            return byte === 0x80 ? [{ do: "write", bytes: encodeBlock(memory) } as const] : [];
          });
        case "measure": {
          const { glucose, mark } = event.values;
          if (glucose === undefined) return [];
          const unit = glucose.includes(".") ? "mmol/L" : "mg/dL";
          const [date = "", time = ""] = event.at.split("T");
          const when = `${date.slice(2).replaceAll("-", "")},${time.slice(0, 5).replace(":", "")}`;
          memory.unshift(`Glu,${glucose},${unit},${mark ?? "00"},${when}`);
          memory.splice(capacity);
          return [];
        }
        default:
          return event satisfies never;
      }
    },
  };
}

export const simulation: Simulation = {
  instrument,
  samples: [{ glucose: "5.8" }, { glucose: "7.9", mark: "04" }, { glucose: "3.7" }],
};
