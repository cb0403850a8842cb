import type { Instrument, Simulation } from "../../src/driver-kit/instrument.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";

/** A scale in pounds: a load moves for a second, rests for twenty, and is taken off. */
export const simulation: Simulation = {
  instrument,
  samples: [{ W: "184.5" }, { W: "72.5", unit: "kg" }],
};

function instrument(): Instrument {
  let load: Readonly<Record<string, string>> = {};
  let moving = false;
  let heard = "";

  function reply(): string {
    const { W: digits = "0.0", unit = "lb" } = load;
    const status = load["W"] === undefined ? "Z" : " ";
    return `\n${status}1G${moving ? "M" : " "} ${digits.padStart(10)}${unit.padEnd(3)}\r`;
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
          const questions = (heard + latin1(event.bytes)).split("\nW\r");
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
