import type { Instrument, InstrumentAction, Simulation } from "../../src/driver-kit/instrument.ts";
import { latin1 } from "../../src/driver-kit/text.ts";
import { wallParts } from "../../src/driver-kit/wall-clock.ts";
import { replies, replyPacket, requests, types } from "./packets.ts";

const capacity = 500;
const switchedOnMs = 2000;

/**
 * A meter on its cable that is switched on after each measurement; `glucose` in mg/dL, `mark` in two hex digits. Newest
 * result first.
 */
function instrument(): Instrument {
  const memory: (readonly number[])[] = [];
  let next: number | undefined;

  function answer(request: string): Uint8Array | undefined {
    if (request === latin1(requests.answer)) {
      next = 0;
      return replies.count(memory.length);
    }
    if (request !== latin1(requests.next) || next === undefined) return undefined;
    const stored = memory[next++];
    if (stored !== undefined) return replyPacket(stored);
    next = undefined;
    return replies.closed;
  }

  return {
    handle(event): readonly InstrumentAction[] {
      switch (event.on) {
        case "open":
          return [];
        case "wake":
          return [{ do: "write", bytes: replies.hello }];
        case "data": {
          const bytes = answer(latin1(event.bytes));
          return bytes === undefined ? [] : [{ do: "write", bytes }];
        }
        case "measure": {
          const { glucose, mark } = event.values;
          const value = Number(glucose);
          if (!Number.isInteger(value)) return [];
          const { year, month, day, hour, minute } = wallParts(event.at);
          const unknown = new Array<number>(7).fill(0);
          const mealMark = Number.parseInt(mark ?? "00", 16);
          memory.unshift([
            ...[types.result, 0, year - 2000, month, day, hour, minute],
            ...[value >> 8, value & 0xff, mealMark, ...unknown],
          ]);
          memory.splice(capacity);
          return [{ do: "wake", afterMs: switchedOnMs }];
        }
        default:
          return event satisfies never;
      }
    },
  };
}

export const simulation: Simulation = {
  instrument,
  samples: [{ glucose: "98" }, { glucose: "142", mark: "20" }, { glucose: "67", mark: "10" }],
};
