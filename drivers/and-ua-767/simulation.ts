import { hex } from "../../src/driver-kit/checksums.ts";
import type { Instrument, Simulation } from "../../src/driver-kit/instrument.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";

/** A meter that sends each result once: `SYS`, `DIA`, `PULSE`. */
function instrument(): Instrument {
  return {
    handle(event) {
      switch (event.on) {
        case "measure": {
          const { SYS = "0", DIA = "0", PULSE = "0" } = event.values;
          const numbers = [Number(SYS) - Number(DIA), Number(DIA), Number(PULSE)].map((n) => hex(n, 2)).join("");
          return [{ do: "write", bytes: bytesOf(`80${numbers}60`) }];
        }
        case "open":
        case "data":
        case "wake":
          return [];
        default:
          return event satisfies never;
      }
    },
  };
}

export const simulation: Simulation = {
  instrument,
  samples: [
    { SYS: "152", DIA: "76", PULSE: "73" },
    { SYS: "128", DIA: "82", PULSE: "70" },
  ],
};
