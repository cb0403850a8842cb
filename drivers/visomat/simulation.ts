import type { Instrument, Simulation } from "../../src/driver-kit/instrument.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";

/** A meter that sends the whole history of its second user after each measurement: `SYS`, `DIA`, `PULSE`. */
function instrument(): Instrument {
  const records: string[] = [];
  return {
    handle(event) {
      switch (event.on) {
        case "measure": {
          const { SYS = "", DIA = "", PULSE = "" } = event.values;
          const numbers = [SYS, DIA, PULSE].map((text) => text.padStart(3, "0")).join("");
          records.push(`${event.at.replaceAll(/[^0-9]/g, "").slice(2, 12)}0${numbers}`);
          records.splice(0, Math.max(0, records.length - 99));
          const count = String(records.length).padStart(2, "0");
          return [{ do: "write", bytes: bytesOf(`\x02M1001M2${count}${records.join("")}\x03`) }];
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
    { SYS: "134", DIA: "97", PULSE: "83" },
    { SYS: "128", DIA: "82", PULSE: "76" },
  ],
};
