import type { Instrument, Simulation } from "../../src/driver-kit/instrument.ts";
import { latin1 } from "../../src/driver-kit/text.ts";
import { answerWith, readCycles, recordWith } from "./cycles.ts";

const capacity = 99;

/** A monitor that stays on the adapter. A measurement has `SYS` and `DIA` in mmHg and `PULSE`. */
function instrument(): Instrument {
  const records: string[] = [];

  return {
    handle(event) {
      switch (event.on) {
        case "open":
        case "wake":
          return [];
        case "data":
          return latin1(event.bytes) === latin1(readCycles) ? [{ do: "write", bytes: answerWith(records) }] : [];
        case "measure": {
          const { SYS, DIA, PULSE } = event.values;
          const time = event.at.slice(2, 16).replace(/[-T:]/g, "");
          records.push(recordWith(time, Number(SYS), Number(DIA), Number(PULSE)));
          records.splice(0, Math.max(0, records.length - capacity));
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
  samples: [
    { SYS: "132", DIA: "86", PULSE: "70" },
    { SYS: "119", DIA: "77", PULSE: "64" },
    { SYS: "148", DIA: "95", PULSE: "81" },
  ],
};
