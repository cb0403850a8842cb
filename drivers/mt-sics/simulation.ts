import type { Instrument, Simulation } from "../../src/driver-kit/instrument.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";

/** A scale with MT-SICS: a load moves for a second, rests for twenty, and is taken off. */
export const simulation: Simulation = {
  instrument,
  samples: [
    { S: "72.50", unit: "kg" },
    { S: "104.35", unit: "kg" },
  ],
};

function instrument(): Instrument {
  let load = { digits: "0.00", unit: "kg", moving: false };
  let heard = "";

  function reply(command: string): string {
    if (command === "I4") return 'I4 A "0123456789"';
    if (command !== "SI") return "ES";
    return `S ${load.moving ? "D" : "S"} ${load.digits.padStart(10)} ${load.unit}`;
  }

  return {
    handle(event) {
      switch (event.on) {
        case "measure": {
          const { S: digits = "0.00", unit = "kg" } = event.values;
          load = { digits, unit, moving: true };
          return [{ do: "wake", afterMs: 1000 }];
        }
        case "wake":
          if (load.moving) {
            load = { ...load, moving: false };
            return [{ do: "wake", afterMs: 20_000 }];
          }
          load = { digits: "0.00", unit: load.unit, moving: false };
          return [];
        case "data": {
          const commands = (heard + latin1(event.bytes)).split("\r\n");
          heard = (commands.pop() ?? "").slice(-64);
          return commands.map((command) => ({ do: "write", bytes: bytesOf(`${reply(command)}\r\n`) }) as const);
        }
        case "open":
          return [];
        default:
          return event satisfies never;
      }
    },
  };
}
