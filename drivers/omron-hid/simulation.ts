import type { Simulation } from "../../src/driver-kit/instrument.ts";
import { memoryMeter } from "../../src/driver-kit/memory-meter.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";
import { wallParts } from "../../src/driver-kit/wall-clock.ts";
import { answerWith } from "./commands.ts";
import { inputReports } from "./reports.ts";

/**
 * A monitor on the cable, its readings in bank 0, newest first. A measurement has `SYS` and `DIA` in mmHg and `PULSE`.
 * The first request for the newest reading of each conversation is answered NO, as monitors do.
 */
function instrument() {
  let heard = "";
  let ready = false;

  function answer(command: string, records: readonly Uint8Array[]): Uint8Array | undefined {
    const bank = command.charCodeAt(4);
    if (command === "VER00") return answerWith(bytesOf("M7080IT 207"));
    if (command.startsWith("GDC") && command.length === 8)
      return answerWith(Uint8Array.of(0, 0, 0, bank === 0 ? records.length : 0));
    if (command.startsWith("GME") && command.length === 8) {
      const stored = bank === 0 ? records[command.charCodeAt(6)] : undefined;
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

  function take(report: Uint8Array, records: readonly Uint8Array[]): readonly Uint8Array[] {
    const bytes = latin1(report.slice(1, 1 + (report[0] ?? 0)));
    // The checksum of a command of eight bytes comes in a report of its own, and may be a zero too.
    const closes = heard.length === 7 && bytes.length === 1;
    if (/^\0+$/.test(bytes) && !closes) {
      heard = "";
      return bytes.length === 2 ? inputReports(bytesOf("OK")) : [];
    }
    // A new command begins with three letters; what is left of one that was not understood is dropped.
    heard = (/^[A-Z]{3}/.test(bytes) ? bytes : heard + bytes).slice(-16);
    const said = answer(heard, records);
    return said === undefined ? [] : inputReports(said);
  }

  return memoryMeter<Uint8Array>({
    capacity: 84,
    newest: "first",
    isThereEmpty: true,
    record({ SYS, DIA, PULSE }, at) {
      const { year, ...rest } = wallParts(at);
      const values = [Number(SYS), Number(DIA), Number(PULSE)];
      return Uint8Array.of(year - 2000, ...Object.values(rest), 0, 0, ...values, 0, 0);
    },
    // Report id 0 and eight bytes; a feature report has two.
    answer: (report, { records }) => (report.length === 9 ? take(report.slice(1), records) : []),
  });
}

export const simulation: Simulation = {
  instrument,
  samples: [
    { SYS: "123", DIA: "78", PULSE: "87" },
    { SYS: "118", DIA: "74", PULSE: "66" },
    { SYS: "142", DIA: "91", PULSE: "72" },
  ],
};
