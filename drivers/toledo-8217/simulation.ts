import { askedScale } from "../../src/driver-kit/asked-scale.ts";
import type { Simulation } from "../../src/driver-kit/instrument.ts";

/** A bench scale, in kilograms unless `unit` is `lb`: a load moves for a second, rests for twenty, and is taken off. */
export const simulation: Simulation = {
  instrument,
  samples: [{ W: "01.235" }, { W: "12.480" }],
  samplesOf: ({ W }) => (W?.unit === "[lb_av]" ? [{ W: "02.72" }, { W: "27.51" }] : []),
};

function instrument({ unit = "kg" }: Readonly<Record<string, unknown>> = {}) {
  return askedScale("W", ({ values, moving }) => {
    if (moving) return "\x02?A\r";
    return `\x02${values["W"] ?? (unit === "lb" ? "00.00" : "00.000")}\r`;
  });
}
