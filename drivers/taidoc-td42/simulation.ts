import { overUart } from "../../src/driver-kit/cp2110.ts";
import type { Simulation } from "../../src/driver-kit/instrument.ts";
import { type Memory, memoryMeter } from "../../src/driver-kit/memory-meter.ts";
import { wallParts } from "../../src/driver-kit/wall-clock.ts";
import { commands, encodePacket } from "./packets.ts";

const marks: Readonly<Record<string, number>> = { B: 0x40, A: 0x80, control: 0xc0 };

interface Stored {
  readonly time: readonly number[];
  readonly value: readonly number[];
}

/**
 * A meter that tells each result in two packets. A measurement has `glucose` in mg/dL, and `mark`: B before, A after a
 * meal, or `control`.
 */
function instrument() {
  const meter = memoryMeter<Stored>({
    capacity: 450,
    newest: "first",
    record(values, at) {
      const glucose = Number(values["glucose"]);
      if (!Number.isInteger(glucose)) return undefined;
      const { year, month, day, hour, minute } = wallParts(at);
      const date = ((year - 2000) << 9) | (month << 5) | day;
      const mark = marks[values["mark"] ?? ""] ?? 0;
      return {
        time: [date & 0xff, date >> 8, minute, hour],
        value: [glucose & 0xff, glucose >> 8, 0, mark],
      };
    },
    answer([, command = 0, low = 0, high = 0], memory) {
      const data = answer(command, low | (high << 8), memory);
      return data === undefined ? [] : [encodePacket(command, data, "host")];
    },
  });
  return overUart(meter);
}

function answer(command: number, index: number, { records }: Memory<Stored>): readonly number[] | undefined {
  switch (command) {
    case commands.connect:
      return [0, 0, 0, 0];
    case commands.readClock:
      return records[0]?.time;
    case commands.model:
      return [0x77, 0x42, 0, 0];
    case commands.recordTime:
      return records[index]?.time;
    case commands.recordValue:
      return records[index]?.value;
    case commands.serialLow:
      return [0x45, 0x23, 0x01, 0x16];
    case commands.serialHigh:
      return [0x12, 0x06, 0x77, 0x42];
    case commands.count:
      return [records.length & 0xff, records.length >> 8, 1, 0];
    default:
      return undefined;
  }
}

export const simulation: Simulation = {
  instrument,
  samples: [
    { glucose: "98" },
    { glucose: "142", mark: "A" },
    { glucose: "67", mark: "B" },
    { glucose: "105", mark: "control" },
  ],
};
