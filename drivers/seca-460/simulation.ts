import type { Instrument, Simulation } from "../../src/driver-kit/instrument.ts";

/** Blocks that one weighing sends before the patient steps off. */
const blocks = 5;

/** What a site would have found out and written into its own profile. */
const settings = { weightKind: 0, stableBit: 7, displayTypes: { "1": { unit: "kg", decimals: 1 } } };

/**
 * A scale that sends one block of kind A0 a second while a patient (`W`, kg with one decimal) stands on it: display type 1, bit 7
 * set for a weight at rest, no check byte. These are of this simulation; what a real scale sends is to be seen on it.
 */
function instrument(): Instrument {
  let block: Uint8Array = new Uint8Array();
  let left = 0;
  return {
    handle(event) {
      switch (event.on) {
        case "measure": {
          const digits = Number(event.values["W"] ?? "0")
            .toFixed(1)
            .replace(".", "")
            .padStart(5, "0")
            .slice(-5);
          const hex = `02a0${digits}1800000`.match(/../g) ?? [];
          block = Uint8Array.from([...hex.map((byte) => Number.parseInt(byte, 16)), 0x0d, 0x0a, 0x03]);
          left = blocks - 1;
          return [
            { do: "write", bytes: block },
            { do: "wake", afterMs: 1000 },
          ];
        }
        case "wake":
          if (left === 0) return [];
          left--;
          return [{ do: "write", bytes: block }, ...(left > 0 ? [{ do: "wake", afterMs: 1000 } as const] : [])];
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
  settings,
  samples: [{ W: "72.5" }, { W: "64.0" }, { W: "104.8" }],
};
