import type { Simulation } from "../../src/driver-kit/instrument.ts";
import { memoryMeter } from "../../src/driver-kit/memory-meter.ts";
import { latin1 } from "../../src/driver-kit/text.ts";
import { answerWith, readCycles, recordWith } from "./cycles.ts";

/** A monitor that stays on the adapter. A measurement has `SYS` and `DIA` in mmHg and `PULSE`. */
function instrument() {
  return memoryMeter<string>({
    capacity: 99,
    newest: "last",
    isThereEmpty: true,
    record({ SYS, DIA, PULSE }, at) {
      const time = at.slice(2, 16).replace(/[-T:]/g, "");
      return recordWith(time, Number(SYS), Number(DIA), Number(PULSE));
    },
    answer: (heard, { records }) => (latin1(heard) === latin1(readCycles) ? [answerWith(records)] : []),
  });
}

export const simulation: Simulation = {
  instrument,
  samples: [
    { SYS: "132", DIA: "86", PULSE: "70" },
    { SYS: "119", DIA: "77", PULSE: "64" },
    { SYS: "148", DIA: "95", PULSE: "81" },
  ],
};
