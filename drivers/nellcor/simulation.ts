import type { Instrument, InstrumentAction, Simulation } from "../../src/driver-kit/instrument.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";

/** Lines that a finger stays on the sensor. */
const contact = 8;
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const header = [
  "N-560    VERSION 1.56.00    CRC:XXXX  SpO2 Limit: 90-100%    PR Limit: 60-170BPM",
  "                             ADULT            0SAT-S ",
  "TIME                 %SpO2   BPM     PA     Status",
];

/** An N-560: a line every two seconds, its header before every 25. A measurement has `SpO2` in percent and `BPM`. */
function instrument(): Instrument {
  let values: Readonly<Record<string, string>> = {};
  let left = 0;
  let line = 0;
  let clock = { date: "01-Jan-26", seconds: 0 };

  function next(): InstrumentAction {
    clock = { ...clock, seconds: (clock.seconds + 2) % 86_400 };
    const there = left > 0;
    if (there) left--;
    const field = (text: string | undefined, width: number) => (there ? (text ?? "") : "---").padStart(width);
    const data =
      `${clock.date} ${time(clock.seconds)}${field(values["SpO2"], 6)} ${field(values["BPM"], 7)} ${field("66", 7)}` +
      `    ${there ? "  " : "SD"}               `;
    const text = [...(line++ % 25 === 0 ? header : []), data].map((one) => `${one}\r\n`).join("");
    return { do: "write", bytes: bytesOf(text) };
  }

  return {
    handle(event) {
      switch (event.on) {
        case "open":
          return [{ do: "wake", afterMs: 2000 }];
        case "wake":
          return [next(), { do: "wake", afterMs: 2000 }];
        case "measure": {
          const [year = "", month = "", day = ""] = event.at.slice(2, 10).split("-");
          const [hour = 0, minute = 0, second = 0] = event.at.slice(11, 19).split(":").map(Number);
          clock = { date: `${day}-${months[Number(month) - 1]}-${year}`, seconds: (hour * 60 + minute) * 60 + second };
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
    { SpO2: "99", BPM: "66" },
    { SpO2: "94", BPM: "102" },
    { SpO2: "100", BPM: "59" },
  ],
};
