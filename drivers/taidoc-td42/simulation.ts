import type { Instrument, InstrumentAction, Simulation } from "../../src/driver-kit/instrument.ts";
import { commands, encodePacket } from "./packets.ts";

const capacity = 450;
const marks: Readonly<Record<string, number>> = { B: 0x40, A: 0x80, control: 0xc0 };

interface Stored {
  readonly time: readonly number[];
  readonly value: readonly number[];
}

/**
 * A meter that is plugged in after its first measurement and stays, newest result first. A measurement has `glucose` in
 * mg/dL, and `mark`: B before, A after a meal, or `control`.
 */
function instrument(): Instrument {
  const memory: Stored[] = [];
  let opened = false;

  function hear([command = 0, low = 0, high = 0]: readonly number[]): readonly number[] | undefined {
    const stored = memory[low | (high << 8)];
    switch (command) {
      case commands.connect:
        return [0, 0, 0, 0];
      case commands.readClock:
        return memory[0]?.time;
      case commands.model:
        return [0x77, 0x42, 0, 0];
      case commands.recordTime:
        return stored?.time;
      case commands.recordValue:
        return stored?.value;
      case commands.serialLow:
        return [0x45, 0x23, 0x01, 0x16];
      case commands.serialHigh:
        return [0x12, 0x06, 0x77, 0x42];
      case commands.count:
        return [memory.length & 0xff, memory.length >> 8, 1, 0];
      default:
        return undefined;
    }
  }

  return {
    handle(event) {
      switch (event.on) {
        case "open":
        case "wake":
          return [];
        case "data": {
          const [id = 0, ...rest] = event.bytes;
          if (id === 0x41) opened = true;
          if (id !== 8 || !opened || memory.length === 0) return [];
          const command = rest[1] ?? 0;
          const answer = hear(rest.slice(1));
          if (answer === undefined) return [];
          const report: InstrumentAction = {
            do: "write",
            bytes: Uint8Array.of(8, ...encodePacket(command, answer, "host")),
          };
          return [report];
        }
        case "measure": {
          const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = event.at.split(/[-T:]/).map(Number);
          const glucose = Number(event.values["glucose"]);
          if (!Number.isInteger(glucose)) return [];
          const date = ((year - 2000) << 9) | (month << 5) | day;
          const mark = marks[event.values["mark"] ?? ""] ?? 0;
          memory.unshift({
            time: [date & 0xff, date >> 8, minute, hour],
            value: [glucose & 0xff, glucose >> 8, 0, mark],
          });
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
  samples: [
    { glucose: "98" },
    { glucose: "142", mark: "A" },
    { glucose: "67", mark: "B" },
    { glucose: "105", mark: "control" },
  ],
};
