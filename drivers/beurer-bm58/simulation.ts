import type { Simulation } from "../../src/driver-kit/instrument.ts";
import { memoryMeter } from "../../src/driver-kit/memory-meter.ts";
import { wallParts } from "../../src/driver-kit/wall-clock.ts";

/** A meter that stays on its cable. A measurement has `SYS`, `DIA` and `PULSE`. */
function instrument() {
  let indexFollows = false;

  function answer(byte: number, records: readonly (readonly number[])[]): readonly number[] {
    if (indexFollows) {
      indexFollows = false;
      return records[byte - 1] ?? [];
    }
    indexFollows = byte === 0xa3;
    return byte === 0xaa ? [0x55] : byte === 0xa2 ? [records.length] : [];
  }

  return memoryMeter<readonly number[]>({
    capacity: 255,
    newest: "last",
    isThereEmpty: true,
    record({ SYS, DIA, PULSE }, at) {
      const { year, month, day, hour, minute } = wallParts(at);
      const pressures = [Number(SYS) - 25, Number(DIA) - 25];
      return [0xac, ...pressures, Number(PULSE), month, day, hour, minute, year - 2000];
    },
    answer(heard, { records }) {
      const reply = [...heard].flatMap((byte) => answer(byte, records));
      return reply.length === 0 ? [] : [Uint8Array.from(reply)];
    },
  });
}

export const simulation: Simulation = {
  instrument,
  samples: [
    { SYS: "122", DIA: "78", PULSE: "70" },
    { SYS: "134", DIA: "84", PULSE: "76" },
  ],
};
