import type { Instrument, Simulation } from "../../src/driver-kit/instrument.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";

/** A bench scale, in kilograms unless `unit` is `lb`: a load moves for a second, rests for twenty, and is taken off. */
export const simulation: Simulation = {
  instrument,
  samples: [{ W: "01.235" }, { W: "12.480" }],
};

function instrument({ unit = "kg" }: Readonly<Record<string, unknown>> = {}): Instrument {
  let load: Readonly<Record<string, string>> = {};
  let moving = false;
  let heard = "";

  function reply(): string {
    if (moving) return "\x02?A\r";
    return `\x02${load["W"] ?? (unit === "lb" ? "00.00" : "00.000")}\r`;
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
          const questions = (heard + latin1(event.bytes)).split("W");
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
