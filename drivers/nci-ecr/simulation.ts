import { askedScale } from "../../src/driver-kit/asked-scale.ts";
import type { Simulation } from "../../src/driver-kit/instrument.ts";

/** A scale in pounds: a load moves for a second, rests for twenty, and is taken off. */
export const simulation: Simulation = {
  instrument,
  samples: [{ W: "132.30" }, { W: "184.55" }],
};

function instrument() {
  return askedScale("W\r", ({ values, moving }) => {
    const { W: digits = "0.00" } = values;
    return `\n${digits.padStart(6)}LB\r\nS${moving ? "1000" : "0000"}\r\x03`;
  });
}
