import type { Instrument, Simulation } from "../../src/driver-kit/instrument.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";

/** A solo scale: a person steps on and moves for a second, stands for twenty, and steps off. */
export const simulation: Simulation = {
  instrument,
  samples: [
    { weight: "132.3", unit: "lb", height: "5'03.0\"", BMI: "23.4" },
    { weight: "72.5", unit: "kg" },
  ],
};

function instrument(): Instrument {
  let load: Readonly<Record<string, string>> = {};
  let moving = false;
  let heard = "";

  function reply(): string {
    const { weight = "0.0", unit = "lb", height = "0'00.0\"", BMI = "0.0" } = moving ? {} : load;
    return `12:00,08/07/15,${BMI},${height},${weight}${unit}\r`;
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
          const questions = (heard + latin1(event.bytes)).split("\nP\r");
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
