import { askedScale } from "../../src/driver-kit/asked-scale.ts";
import type { Simulation } from "../../src/driver-kit/instrument.ts";

/** A solo scale: a person steps on and moves for a second, stands for twenty, and steps off. */
export const simulation: Simulation = {
  instrument,
  samples: [
    { weight: "132.3", unit: "lb", height: "5'03.0\"", BMI: "23.4" },
    { weight: "72.5", unit: "kg" },
  ],
};

function instrument() {
  return askedScale("\nP\r", ({ values, moving }) => {
    const { weight = "0.0", unit = "lb", height = "0'00.0\"", BMI = "0.0" } = moving ? {} : values;
    return `12:00,08/07/15,${BMI},${height},${weight}${unit}\r`;
  });
}
