import { hex } from "../../src/driver-kit/checksums.ts";
import type { Instrument, InstrumentAction, Simulation } from "../../src/driver-kit/instrument.ts";
import { messageReports, requestOf } from "./messages.ts";
import { sumOf } from "./results.ts";

const capacity = 500;

/**
 * A meter that is put into its cradle after its first measurement and stays, newest result first. `glucose` in mg/dL,
 * `mark` in two hex digits.
 */
function instrument(): Instrument {
  const memory: { readonly digits: string }[] = [];
  let clock: readonly number[] = [];

  function answer(request: string): readonly string[] {
    switch (request) {
      case "^":
        return ["^*"];
      case "I":
        return ["iMR2"];
      case "Z1":
        return ["z1T01234567"];
      case "V":
        return ["v2.53"];
      case "T": {
        const [year = 0, month, day, hour, minute, second] = clock;
        const parts = [second, minute, hour, day, month, year - 2000];
        return [`t${parts.map((part) => String(part).padStart(2, "0")).join("")}`];
      }
      case "G":
        return [...memory.map(({ digits }) => `zg5${digits}`), `x1${sumOf(memory)}`];
      case "_":
        return ["_"];
      default:
        return [];
    }
  }

  return {
    handle(event) {
      switch (event.on) {
        case "open":
        case "wake":
          return [];
        case "data": {
          const replies = memory.length === 0 ? [] : answer(requestOf(event.bytes));
          return messageReports(replies).map((bytes): InstrumentAction => ({ do: "write", bytes }));
        }
        case "measure": {
          const value = Number(event.values["glucose"]);
          if (!Number.isInteger(value)) return [];
          clock = event.at.split(/[-T:]/).map(Number);
          const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = clock;
          const when = hex(month, 1) + hex(day * 100 + year - 2000, 3) + hex(hour * 100 + minute, 3);
          memory.unshift({ digits: when + hex(value, 3) + (event.values["mark"] ?? "00") });
          memory.splice(capacity);
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
  samples: [{ glucose: "98" }, { glucose: "142", mark: "02" }, { glucose: "67", mark: "01" }],
};
