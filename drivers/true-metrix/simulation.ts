import { hex } from "../../src/driver-kit/checksums.ts";
import type { Simulation } from "../../src/driver-kit/instrument.ts";
import { type Memory, memoryMeter } from "../../src/driver-kit/memory-meter.ts";
import { wallParts } from "../../src/driver-kit/wall-clock.ts";
import { messageReports, requestOf } from "./messages.ts";
import { sumOf } from "./results.ts";

interface Stored {
  readonly digits: string;
}

/** A meter in its cradle; `glucose` in mg/dL, `mark` in two hex digits. */
function instrument() {
  return memoryMeter<Stored>({
    capacity: 500,
    newest: "first",
    record(values, at) {
      const value = Number(values["glucose"]);
      if (!Number.isInteger(value)) return undefined;
      const { year, month, day, hour, minute } = wallParts(at);
      const when = hex(month, 1) + hex(day * 100 + year - 2000, 3) + hex(hour * 100 + minute, 3);
      return { digits: when + hex(value, 3) + (values["mark"] ?? "00") };
    },
    answer: (heard, memory) => messageReports(answer(requestOf(heard), memory)),
  });
}

function answer(request: string, { records, clock }: Memory<Stored>): readonly string[] {
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
      const { year, month, day, hour, minute, second } = wallParts(clock);
      const parts = [second, minute, hour, day, month, year - 2000];
      return [`t${parts.map((part) => String(part).padStart(2, "0")).join("")}`];
    }
    case "G":
      return [...records.map(({ digits }) => `zg5${digits}`), `x1${sumOf(records)}`];
    case "_":
      return ["_"];
    default:
      return [];
  }
}

export const simulation: Simulation = {
  instrument,
  samples: [{ glucose: "98" }, { glucose: "142", mark: "02" }, { glucose: "67", mark: "01" }],
};
