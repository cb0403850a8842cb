import type { Instrument, Simulation } from "../../src/driver-kit/instrument.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";

/** A scale in pounds: a load moves for a second, rests for twenty, and is taken off. */
export const simulation: Simulation = {
  instrument,
  samples: [{ W: "132.30" }, { W: "184.55" }],
};

function instrument(): Instrument {
  let load: Readonly<Record<string, string>> = {};
  let moving = false;
  let heard = "";

  function reply(): string {
    const { W: digits = "0.00" } = load;
    return `\n${digits.padStart(6)}LB\r\nS${moving ? "1000" : "0000"}\r\x03`;
  }

  return {
    handle(event) {
      switch (event.on) {
        case "measure":
          load = event.values;
          moving = true;
          return [{ do: "wake", afterMs: 1000 }];
        case "wake":
          if (moving) {
            moving = false;
            return [{ do: "wake", afterMs: 20_000 }];
          }
          load = {};
          return [];
        case "data": {
          const questions = (heard + latin1(event.bytes)).split("W\r");
          heard = (questions.pop() ?? "").slice(-16);
          return questions.map(() => ({ do: "write", bytes: bytesOf(reply()) }) as const);
        }
        case "open":
          return [];
        default:
          return event satisfies never;
      }
    },
  };
}
