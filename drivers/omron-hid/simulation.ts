import type { Instrument, InstrumentAction, Simulation } from "../../src/driver-kit/instrument.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";
import { answerWith } from "./commands.ts";
import { inputReports } from "./reports.ts";

const capacity = 84;

/**
 * A monitor on the cable, its readings in bank 0, newest first. A measurement has `SYS` and `DIA` in mmHg and `PULSE`.
 * The first request for the newest reading of each conversation is answered NO, as monitors do.
 */
function instrument(): Instrument {
  const memory: Uint8Array[] = [];
  let heard = "";
  let ready = false;

  function answer(command: string): Uint8Array | undefined {
    const bank = command.charCodeAt(4);
    if (command === "VER00") return answerWith(bytesOf("M7080IT 207"));
    if (command.startsWith("GDC") && command.length === 8)
      return answerWith(Uint8Array.of(0, 0, 0, bank === 0 ? memory.length : 0));
    if (command.startsWith("GME") && command.length === 8) {
      const stored = bank === 0 ? memory[command.charCodeAt(6)] : undefined;
      if (stored === undefined || !ready) {
        ready = true;
        return bytesOf("NO");
      }
      return answerWith(stored);
    }
    if (command === "END\xff\xff") {
      ready = false;
      return bytesOf("OK");
    }
    return undefined;
  }

  function take(report: Uint8Array): readonly InstrumentAction[] {
    const bytes = latin1(report.slice(1, 1 + (report[0] ?? 0)));
    // The checksum of a command of eight bytes comes in a report of its own, and may be a zero too.
    const closes = heard.length === 7 && bytes.length === 1;
    if (/^\0+$/.test(bytes) && !closes) {
      heard = "";
      return bytes.length === 2 ? send(bytesOf("OK")) : [];
    }
    // A new command begins with three letters; what is left of one that was not understood is dropped.
    heard = (/^[A-Z]{3}/.test(bytes) ? bytes : heard + bytes).slice(-16);
    const said = answer(heard);
    return said === undefined ? [] : send(said);
  }

  return {
    handle(event) {
      switch (event.on) {
        case "open":
        case "wake":
          return [];
        case "data":
          // Report id 0 and eight bytes; a feature report has two.
          return event.bytes.length === 9 ? take(event.bytes.slice(1)) : [];
        case "measure": {
          const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = event.at.split(/[-T:]/).map(Number);
          const { SYS, DIA, PULSE } = event.values;
          const values = [Number(SYS), Number(DIA), Number(PULSE)];
          memory.unshift(Uint8Array.of(year - 2000, month, day, hour, minute, second, 0, 0, ...values, 0, 0));
          memory.splice(capacity);
          return [];
        }
        default:
          return event satisfies never;
      }
    },
  };
}

function send(bytes: Uint8Array): readonly InstrumentAction[] {
  return inputReports(bytes).map((report) => ({ do: "write", bytes: report }));
}

export const simulation: Simulation = {
  instrument,
  samples: [
    { SYS: "123", DIA: "78", PULSE: "87" },
    { SYS: "118", DIA: "74", PULSE: "66" },
    { SYS: "142", DIA: "91", PULSE: "72" },
  ],
};
