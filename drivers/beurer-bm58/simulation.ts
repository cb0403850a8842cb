import type { Instrument, Simulation } from "../../src/driver-kit/instrument.ts";

/** A meter that stays on its cable. A measurement has `SYS`, `DIA` and `PULSE`. */
function instrument(): Instrument {
  const records: (readonly number[])[] = [];
  let indexFollows = false;

  function answer(byte: number): readonly number[] {
    if (indexFollows) {
      indexFollows = false;
      return records[byte - 1] ?? [];
    }
    indexFollows = byte === 0xa3;
    return byte === 0xaa ? [0x55] : byte === 0xa2 ? [records.length] : [];
  }

  return {
    handle(event) {
      switch (event.on) {
        case "data": {
          const reply = [...event.bytes].flatMap(answer);
          return reply.length === 0 ? [] : [{ do: "write", bytes: Uint8Array.from(reply) }];
        }
        case "measure": {
          const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = event.at.split(/[-T:]/).map(Number);
          const { SYS, DIA, PULSE } = event.values;
          records.push([
            0xac,
            Number(SYS) - 25,
            Number(DIA) - 25,
            Number(PULSE),
            month,
            day,
            hour,
            minute,
            year - 2000,
          ]);
          return [];
        }
        case "open":
        case "wake":
          return [];
        default:
          return event satisfies never;
      }
    },
  };
}

export const simulation: Simulation = {
  instrument,
  samples: [
    { SYS: "122", DIA: "78", PULSE: "70" },
    { SYS: "134", DIA: "84", PULSE: "76" },
  ],
};
