import type { Simulation } from "../../src/driver-kit/instrument.ts";
import { type Memory, memoryMeter } from "../../src/driver-kit/memory-meter.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";
import { wallParts } from "../../src/driver-kit/wall-clock.ts";
import { commands, replyPacket } from "./packets.ts";
import { sumOf } from "./results.ts";

const places = 300;
const empty = new Uint8Array(8).fill(0xff);

/** A meter whose memory is told place by place; `glucose` in mg/dL, `control` with any text. */
function instrument() {
  return memoryMeter<Uint8Array>({
    capacity: places,
    newest: "first",
    record(values, at) {
      const value = Number(values["glucose"]);
      if (!Number.isInteger(value)) return undefined;
      const isControl = values["control"] !== undefined;
      const { year, month, day, hour, minute } = wallParts(at);
      const sum = sumOf({ year: year - 2000, month, day, hour, minute, value, isControl, isMilligrams: true });
      const [, , low, high] = stamp(at);
      const head = [0x80 | (year - 2000), (month << 4) | Number(isControl), low, high];
      return Uint8Array.of(...head, value & 0xff, value >> 8, sum & 0xff, sum >> 8);
    },
    answer: ([, command = 0xff], memory) => answer(command, memory),
  });
}

function answer(command: number, { records, clock }: Memory<Uint8Array>): readonly Uint8Array[] {
  switch (command) {
    case commands.ping:
      return [replyPacket(command, [0x01])];
    case commands.serial:
      return [replyPacket(command, bytesOf("EX123456").reverse())];
    case commands.clock:
      return [replyPacket(command, stamp(clock))];
    case commands.results:
      return Array.from({ length: places }, (_, place) => replyPacket(command, records[place] ?? empty));
    default:
      return [];
  }
}

/** Year and month, then the rest in sixteen bits. */
function stamp(at: string): readonly [number, number, number, number] {
  const { year, month, day, hour, minute } = wallParts(at);
  const packed = day | (hour << 5) | (minute << 10);
  return [year - 2000, month, packed & 0xff, packed >> 8];
}

export const simulation: Simulation = {
  instrument,
  samples: [{ glucose: "98" }, { glucose: "142" }, { glucose: "105", control: "yes" }],
};
