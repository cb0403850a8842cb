import { overUart } from "../../src/driver-kit/cp2110.ts";
import type { Simulation } from "../../src/driver-kit/instrument.ts";
import { type Memory, memoryMeter } from "../../src/driver-kit/memory-meter.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";
import { wallParts } from "../../src/driver-kit/wall-clock.ts";
import { encodeFrame, protocols } from "./frames.ts";

/** A meter that speaks in frames; `glucose` in mg/dL, `control` with any text. */
function instrument() {
  const meter = memoryMeter<readonly number[]>({
    capacity: 500,
    newest: "last",
    record(values, at) {
      const value = Number(values["glucose"]);
      if (!Number.isInteger(value)) return undefined;
      const { year, ...rest } = wallParts(at);
      const flags = values["control"] === undefined ? 0 : 1;
      return [year - 2000, ...Object.values(rest), flags, value >> 8, value & 0xff];
    },
    answer(heard, memory) {
      if (heard[0] === 0x80) return [Uint8Array.of(protocols.frames)];
      const command = latin1(heard.slice(6, 10));
      const payload = answer(command, heard.slice(10, -3), memory);
      return payload === undefined ? [] : [encodeFrame(command, payload)];
    },
  });
  return overUart(meter);
}

function answer(
  command: string,
  [high = 0, low = 0, count = 0]: Uint8Array,
  { records }: Memory<readonly number[]>,
): readonly number[] | undefined {
  switch (command) {
    case "RSNB":
      return [...bytesOf("CS2N123456")];
    case "RTIM":
      return records.at(-1)?.slice(0, 6);
    case "NCOT":
      return [records.length >> 8, records.length & 0xff];
    case "GLUE": {
      const from = ((high << 8) | low) - 1;
      return records.slice(from, from + count).flat();
    }
    default:
      return undefined;
  }
}

export const simulation: Simulation = {
  instrument,
  samples: [{ glucose: "98" }, { glucose: "142" }, { glucose: "105", control: "yes" }],
};
