import type { Instrument, InstrumentAction, Simulation } from "../../src/driver-kit/instrument.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";

/** A scale with the A&D standard format that sends by itself: moving, settled three times, empty. */
export const simulation: Simulation = {
  instrument,
  samples: [
    { weight: "72.5", unit: "kg" },
    { weight: "104.3", unit: "kg" },
  ],
};

const betweenMs = 400;

function instrument(): Instrument {
  let waiting: readonly string[] = [];

  function next(): readonly InstrumentAction[] {
    const [line, ...rest] = waiting;
    waiting = rest;
    if (line === undefined) return [];
    return [
      { do: "write", bytes: bytesOf(`${line}\r\n`) },
      { do: "wake", afterMs: rest.length > 0 ? betweenMs : 0 },
    ];
  }

  return {
    handle(event) {
      switch (event.on) {
        case "measure": {
          const { weight = "0.0", unit = "kg" } = event.values;
          const line = (header: string, digits: string) => `${header},+${digits.padStart(9, "0")} ${unit.padStart(3)}`;
          const settled = line("ST", weight);
          waiting = [line("US", weight), settled, settled, settled, line("ST", "0.0")];
          return next();
        }
        case "wake":
          return next();
        case "open":
        case "data":
          return [];
        default:
          return event satisfies never;
      }
    },
  };
}
