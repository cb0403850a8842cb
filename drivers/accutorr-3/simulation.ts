import type { Instrument, InstrumentAction, Simulation } from "../../src/driver-kit/instrument.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";
import { command } from "./reply.ts";

/**
 * A monitor that answers `P`. A measurement may have `SYS`, `DIA` and `MEAN` (a new determination), `SaO2` and `PR`;
 * what it has not stays as it was. The age of the determination goes on by the minute.
 */
function instrument(): Instrument {
  let shown: Readonly<Record<string, string>> = {};
  let seconds = 0;
  const field = (name: string) => shown[name]?.padStart(3, " ") ?? "--";

  return {
    handle(event) {
      switch (event.on) {
        case "open":
          return [{ do: "wake", afterMs: 1000 }];
        case "wake":
          seconds = Math.min(seconds + 1, 999 * 60);
          return [{ do: "wake", afterMs: 1000 }];
        case "measure":
          shown = { ...shown, ...event.values };
          if (event.values["SYS"] !== undefined) seconds = 0;
          return [];
        case "data": {
          const age = shown["SYS"] === undefined ? "--" : String(Math.floor(seconds / 60)).padStart(2, " ");
          const values = ["SaO2", "PR", "SYS", "MEAN", "DIA"].map(field).join(",");
          const reply: InstrumentAction = { do: "write", bytes: bytesOf(`P:${values},000,010,000,${age}\r\n`) };
          return [...latin1(event.bytes)].flatMap((letter) => (letter === command ? [reply] : []));
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
    { SYS: "120", DIA: "80", MEAN: "95", SaO2: "98", PR: "72" },
    { SYS: "134", DIA: "82", MEAN: "101", SaO2: "97", PR: "80" },
  ],
};
