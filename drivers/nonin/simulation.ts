import type { Instrument, InstrumentAction, Simulation } from "../../src/driver-kit/instrument.ts";

/** How long a finger stays in, and is gone, in frames of a second. */
const contact = 12;
const gone = 2;

/**
 * An oximeter with format 8 on the table: one frame a second while a finger is in it and for two seconds after. A
 * measurement has `SPO2` in percent and `PULSE` in beats a minute.
 */
function instrument(): Instrument {
  let values: { readonly saturation: number; readonly pulse: number } | undefined;
  let left = 0;

  function frame(): readonly InstrumentAction[] {
    if (values === undefined || left === 0) return [];
    left--;
    const there = left >= gone;
    const pulse = there ? values.pulse : 511;
    const bytes = Uint8Array.of(
      0x80 | (pulse >> 7),
      pulse & 0x7f,
      there ? values.saturation : 127,
      there ? 0x20 : 0x08,
    );
    return [
      { do: "write", bytes },
      { do: "wake", afterMs: 1000 },
    ];
  }

  return {
    handle(event) {
      switch (event.on) {
        case "measure": {
          const { SPO2, PULSE } = event.values;
          if (SPO2 === undefined || PULSE === undefined) return [];
          values = { saturation: Number(SPO2), pulse: Number(PULSE) };
          left = contact + gone;
          return frame();
        }
        case "wake":
          return frame();
        case "open":
        case "data":
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
    { SPO2: "98", PULSE: "72" },
    { SPO2: "96", PULSE: "84" },
    { SPO2: "91", PULSE: "148" },
  ],
};
