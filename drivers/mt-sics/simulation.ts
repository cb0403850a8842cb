import { askedScale } from "../../src/driver-kit/asked-scale.ts";
import type { Simulation } from "../../src/driver-kit/instrument.ts";

/** A scale with MT-SICS: a load moves for a second, rests for twenty, and is taken off. */
export const simulation: Simulation = {
  instrument,
  samples: [
    { S: "72.50", unit: "kg" },
    { S: "104.35", unit: "kg" },
  ],
};

function instrument() {
  return askedScale("\r\n", ({ values, moving }, command) => {
    if (command === "I4") return 'I4 A "0123456789"\r\n';
    if (command !== "SI") return "ES\r\n";
    const { S: digits = "0.00", unit = "kg" } = values;
    return `S ${moving ? "D" : "S"} ${digits.padStart(10)} ${unit}\r\n`;
  });
}
