import { uartWrites } from "../../src/driver-kit/cp2110.ts";
import type { Instrument, InstrumentAction, Simulation } from "../../src/driver-kit/instrument.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";
import { encodeFrame, protocols } from "./frames.ts";

const capacity = 500;

/** A meter that is plugged in after its first measurement and stays; `glucose` in mg/dL, `control` with any text. */
function instrument(): Instrument {
  const memory: (readonly number[])[] = [];
  let opened = false;

  function answer(command: string, [high = 0, low = 0, count = 0]: readonly number[]): readonly number[] | undefined {
    switch (command) {
      case "RSNB":
        return [...bytesOf("CS2N123456")];
      case "RTIM":
        return memory.at(-1)?.slice(0, 6);
      case "NCOT":
        return [memory.length >> 8, memory.length & 0xff];
      case "GLUE": {
        const from = ((high << 8) | low) - 1;
        return memory.slice(from, from + count).flat();
      }
      default:
        return undefined;
    }
  }

  function hear(bytes: readonly number[]): readonly InstrumentAction[] {
    if (bytes[0] === 0x80) return uartWrites(Uint8Array.of(protocols.frames));
    const command = latin1(Uint8Array.from(bytes.slice(6, 10)));
    const payload = answer(command, bytes.slice(10, -3));
    return payload === undefined ? [] : uartWrites(encodeFrame(command, payload));
  }

  return {
    handle(event) {
      switch (event.on) {
        case "open":
        case "wake":
          return [];
        case "data": {
          const [id = 0, ...bytes] = event.bytes;
          if (id === 0x41) opened = true;
          return id >= 0x40 || !opened || memory.length === 0 ? [] : hear(bytes);
        }
        case "measure": {
          const value = Number(event.values["glucose"]);
          if (!Number.isInteger(value)) return [];
          const [year = 0, ...rest] = event.at.split(/[-T:]/).map(Number);
          const flags = event.values["control"] === undefined ? 0 : 1;
          memory.push([year - 2000, ...rest, flags, value >> 8, value & 0xff]);
          memory.splice(0, memory.length - capacity);
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
  samples: [{ glucose: "98" }, { glucose: "142" }, { glucose: "105", control: "yes" }],
};
