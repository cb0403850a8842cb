import { askedScale } from "../../src/driver-kit/asked-scale.ts";
import type { Simulation } from "../../src/driver-kit/instrument.ts";

/** A scale in pounds: a load moves for a second, rests for twenty, and is taken off. */
export const simulation: Simulation = {
  instrument,
  samples: [{ W: "184.5" }, { W: "72.5", unit: "kg" }],
};

function instrument() {
  return askedScale("\nW\r", ({ values, moving }) => {
    const { W: digits = "0.0", unit = "lb" } = values;
    const status = values["W"] === undefined ? "Z" : " ";
    return `\n${status}1G${moving ? "M" : " "} ${digits.padStart(10)}${unit.padEnd(3)}\r`;
  });
}
