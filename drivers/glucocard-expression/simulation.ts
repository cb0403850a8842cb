import type { Instrument, InstrumentAction, Simulation } from "../../src/driver-kit/instrument.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";
import { commands, replyPacket } from "./packets.ts";
import { sumOf } from "./results.ts";

const places = 300;
const empty = new Uint8Array(8).fill(0xff);

/** A meter that is put on its cable after its first measurement and stays; `glucose` in mg/dL, `control` with any text. */
function instrument(): Instrument {
  const memory: Uint8Array[] = [];
  let clock: readonly number[] = [];

  function answer(command: number): readonly Uint8Array[] {
    switch (command) {
      case commands.ping:
        return [replyPacket(command, [0x01])];
      case commands.serial:
        return [replyPacket(command, bytesOf("EX123456").reverse())];
      case commands.clock:
        return [replyPacket(command, clock)];
      case commands.results:
        return Array.from({ length: places }, (_, place) => replyPacket(command, memory[place] ?? empty));
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
          const [, command = 0xff] = event.bytes;
          const packets = memory.length === 0 ? [] : answer(command);
          return packets.map((bytes): InstrumentAction => ({ do: "write", bytes }));
        }
        case "measure": {
          const value = Number(event.values["glucose"]);
          if (!Number.isInteger(value)) return [];
          const isControl = event.values["control"] !== undefined;
          const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = event.at.split(/[-T:]/).map(Number);
          const packed = day | (hour << 5) | (minute << 10);
          clock = [year - 2000, month, packed & 0xff, packed >> 8];
          const when = { year: year - 2000, month, day, hour, minute };
          const sum = sumOf({ ...when, value, isControl, isMilligrams: true });
          const head = [0x80 | (year - 2000), (month << 4) | Number(isControl), packed & 0xff, packed >> 8];
          memory.unshift(Uint8Array.of(...head, value & 0xff, value >> 8, sum & 0xff, sum >> 8));
          memory.splice(places);
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
