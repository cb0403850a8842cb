import type { Instrument, InstrumentAction, Simulation } from "../../src/driver-kit/instrument.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";

/** Lines that a finger stays on the sensor; from then on there is none until the next measurement. */
const contact = 12;

/**
 * A Rad-87 with ASCII 1: one line a second, on and on. A measurement has `SPO2` in percent, `BPM`, and `PI` in percent
 * where wanted.
 */
function instrument(): Instrument {
  let values: Readonly<Record<string, string>> = {};
  let left = 0;
  let clock = { date: "01/01/26", seconds: 0 };

  function line(): InstrumentAction {
    clock = { ...clock, seconds: (clock.seconds + 1) % 86_400 };
    const there = left > 0;
    if (there) left--;
    const saturation = there ? (values["SPO2"] ?? "").padStart(3, "0") : "---";
    const pulse = there ? (values["BPM"] ?? "").padStart(3, "0") : "---";
    const perfusion = there ? (values["PI"] ?? "01.00").padStart(5, "0") : "--.--";
    const text =
      `${clock.date} ${time(clock.seconds)} SN=0000145838 SPO2=${saturation}% BPM=${pulse} PI=${perfusion}% ` +
      `SPCO=--.-% SPMET=--.-% DESAT=-- PIDELTA=+-- ALARM=0000 EXC=${there ? "000800" : "000820"}\r\n`;
    return { do: "write", bytes: bytesOf(text) };
  }

  return {
    handle(event) {
      switch (event.on) {
        case "open":
          return [{ do: "wake", afterMs: 1000 }];
        case "wake":
          return [line(), { do: "wake", afterMs: 1000 }];
        case "measure": {
          const [year = "", month = "", day = ""] = event.at.slice(2, 10).split("-");
          const [hour = 0, minute = 0, second = 0] = event.at.slice(11, 19).split(":").map(Number);
          clock = { date: `${month}/${day}/${year}`, seconds: (hour * 60 + minute) * 60 + second };
          values = event.values;
          left = contact;
          return [];
        }
        case "data":
          return [];
        default:
          return event satisfies never;
      }
    },
  };
}

function time(seconds: number): string {
  const two = (n: number) => String(n).padStart(2, "0");
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

export const simulation: Simulation = {
  instrument,
  samples: [
    { SPO2: "98", BPM: "72", PI: "4.96" },
    { SPO2: "95", BPM: "81", PI: "1.20" },
    { SPO2: "100", BPM: "58", PI: "12.40" },
  ],
};
