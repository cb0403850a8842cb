import type { Instrument, InstrumentAction, Simulation } from "../../src/driver-kit/instrument.ts";

const periodMs = 100;
/** Frames in one period, and periods that a finger stays in. */
const frames = 6;
const contact = 80;

/**
 * A CMS50EW (Protocol V7.0), which sends once it was asked to and stops where nobody keeps it alive. A measurement has
 * `SPO2` in percent and `PULSE`.
 */
function instrument(): Instrument {
  let values: Readonly<Record<string, string>> = {};
  let left = 0;
  let alive = 0;
  let ticking = false;

  function packet(): Uint8Array {
    const there = left > 0;
    const pulse = there ? Number(values["PULSE"]) : 255;
    const saturation = there ? Number(values["SPO2"]) : 127;
    // PI 5.04 % in hundredths.
    const data = there
      ? [0x08, 0x32, 0x05, pulse, saturation, 0xf8, 0x01]
      : [0x80, 0x40, 0x10, pulse, saturation, 0xff, 0xff];
    const high = data.reduce((bits, byte, i) => bits | ((byte >> 7) << i), 0x80);
    return Uint8Array.of(0x01, high, ...data.map((byte) => byte | 0x80));
  }

  function tick(): readonly InstrumentAction[] {
    if (alive <= 0) {
      ticking = false;
      return [];
    }
    ticking = true;
    alive -= periodMs;
    const one = packet();
    const bytes = new Uint8Array(one.length * frames);
    for (let i = 0; i < frames; i++) bytes.set(one, i * one.length);
    left = Math.max(0, left - 1);
    return [
      { do: "write", bytes },
      { do: "wake", afterMs: periodMs },
    ];
  }

  return {
    handle(event) {
      switch (event.on) {
        case "open":
          return [];
        case "data": {
          const code = event.bytes[2];
          if (event.bytes[0] !== 0x7d || event.bytes[1] !== 0x81) return [];
          if (code === 0xa1 || (code === 0xaf && alive > 0)) alive = 6000;
          return ticking ? [] : tick();
        }
        case "wake":
          return tick();
        case "measure":
          values = event.values;
          left = contact;
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
    { SPO2: "97", PULSE: "72" },
    { SPO2: "94", PULSE: "101" },
    { SPO2: "99", PULSE: "140" },
  ],
};
