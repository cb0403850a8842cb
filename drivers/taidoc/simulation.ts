import type { Simulation } from "../../src/driver-kit/instrument.ts";
import { mappedSamples } from "../../src/driver-kit/mapped-samples.ts";
import { memoryMeter } from "../../src/driver-kit/memory-meter.ts";
import { wallParts } from "../../src/driver-kit/wall-clock.ts";
import { commands, entered, type Reply, replyPacket } from "./packet.ts";

interface Stored {
  readonly time: Reply["data"];
  readonly value: Reply["data"];
}

/**
 * A device that stays on its cable. A measurement has `SYS`, `DIA` and `PULSE`, or `TEMP` in degrees Celsius with one
 * decimal; which model it is follows from the option `measures`. Its clock stands at the last measurement.
 */
function instrument(options: Readonly<Record<string, unknown>> = {}) {
  const model = options["measures"] === "temperature" ? [0x41, 0x12] : [0x28, 0x31];
  let heard: number[] = [];

  function answer(command: number, index: number, records: readonly Stored[]): Reply["data"] | undefined {
    const [m0 = 0, m1 = 0] = model;
    switch (command) {
      case commands.connect:
      case entered:
        return [0, 0, 0, 0];
      case commands.model:
        return [m0, m1, 0, 0];
      case commands.serialLow:
        return [0x78, 0x56, 0x34, 0x12];
      case commands.serialHigh:
        return [0x01, 0x00, 0x28, 0x31];
      case commands.clock:
        return records[0]?.time ?? [0x21, 0x34, 0, 0];
      case commands.count:
        return [records.length & 0xff, records.length >> 8, 0, 0];
      case commands.recordTime:
        return records[index]?.time;
      case commands.recordValue:
        return records[index]?.value;
      default:
        return undefined;
    }
  }

  return memoryMeter<Stored>({
    capacity: 0xffff,
    newest: "first",
    isThereEmpty: true,
    record({ SYS, DIA, PULSE, TEMP }, at) {
      const { year, month, day, hour, minute } = wallParts(at);
      const date = ((year - 2000) << 9) | (month << 5) | day;
      const time = [date & 0xff, date >> 8, minute, hour] as const;
      const tenths = Math.round(Number(TEMP) * 10);
      if (TEMP !== undefined) return { time, value: [tenths & 0xff, tenths >> 8, 0, 0] };
      return { time, value: [Number(SYS), 0, Number(DIA), Number(PULSE ?? 0)] };
    },
    answer(bytes, { records }) {
      heard = [...heard, ...bytes].slice(-64);
      const start = heard.lastIndexOf(0xa3) - 6;
      if (start < 0 || heard.length < start + 8) return [];
      const [, command = 0, low = 0, high = 0] = heard.slice(start);
      heard = [];
      const data = answer(command, low | (high << 8), records);
      return data === undefined ? [] : [replyPacket({ command, data })];
    },
  });
}

const bloodPressures: Simulation["samples"] = [
  { SYS: "122", DIA: "78", PULSE: "70" },
  { SYS: "134", DIA: "84", PULSE: "76" },
];

export const simulation: Simulation = {
  instrument,
  samples: bloodPressures,
  samplesOf: (channels) => mappedSamples([...bloodPressures, { TEMP: "36.8" }, { TEMP: "38.4" }], channels),
};
