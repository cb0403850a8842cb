import type { Instrument, InstrumentAction, Simulation } from "../../src/driver-kit/instrument.ts";

const unitCodes: Readonly<Record<string, number>> = { g: 2, kg: 3, oz: 11, lb: 12 };
const everyMs = 250;

/**
 * A scale that repeats its report four times a second while there is a load. A measurement has `weight` and `unit` (kg
 * where it is left out). The load is put on, settles, and is taken off again.
 */
function instrument(): Instrument {
  let script: Uint8Array[] = [];

  function next(): readonly InstrumentAction[] {
    const report = script.shift();
    if (report === undefined) return [];
    return [
      { do: "write", bytes: report },
      { do: "wake", afterMs: script.length > 0 ? everyMs : 0 },
    ];
  }

  return {
    handle(event) {
      switch (event.on) {
        case "measure": {
          const { weight = "0", unit = "kg" } = event.values;
          const [whole = "", fraction = ""] = weight.split(".");
          const magnitude = Number(whole + fraction);
          const report = (status: number, value: number) =>
            Uint8Array.of(3, status, unitCodes[unit] ?? 0, (0x100 - fraction.length) & 0xff, value & 0xff, value >> 8);
          const stable = report(4, magnitude);
          script = [report(2, 0), report(3, magnitude >> 1), stable, stable, stable, stable, report(2, 0)];
          return next();
        }
        case "wake":
          return next();
        case "open":
        case "data":
          return [];
        default:
          return event satisfies never;
      }
    },
  };
}

export const simulation: Simulation = {
  instrument,
  samples: [{ weight: "72.5" }, { weight: "81.30" }, { weight: "143.6", unit: "lb" }, { weight: "104.8" }],
};
