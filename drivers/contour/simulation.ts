import type { Instrument, InstrumentAction, Simulation } from "../../src/driver-kit/instrument.ts";
import { control, encodeFrame } from "./frames.ts";
import { reportsOf } from "./reports.ts";

const capacity = 2000;

/**
 * A meter that is plugged in after its first measurement and stays, oldest result first. A measurement has `glucose` in
 * mg/dL, or in mmol/L where it has a point, and `marks` as the meter writes them: `A`, `B/S`, `C` for control solution,
 * `<` and `>` beside a limit.
 */
function instrument(): Instrument {
  const memory: string[] = [];
  let clock = "";
  /** What is still to be sent; the first of it was sent and is not acknowledged. Empty: no transfer. */
  let records: readonly string[] = [];
  let number = 0;

  function write(...bytes: readonly number[]): readonly InstrumentAction[] {
    return reportsOf(Uint8Array.from(bytes), "host").map((report) => ({ do: "write", bytes: report }));
  }

  function sendFirst(): readonly InstrumentAction[] {
    const [record] = records;
    if (record === undefined) return write(control.EOT);
    const frame = encodeFrame(number, record);
    return number === 1 && record.startsWith("H") ? write(control.EOT, ...frame, control.ENQ) : write(...frame);
  }

  function hear(character: number): readonly InstrumentAction[] {
    if (memory.length === 0) return [];
    switch (character) {
      case control.EOT: {
        const header = `H|\\^&||7w3LBL|Bayer7390^01.24^7390-2336773^7403-|A=1^U=0^V=10600|${memory.length}||||||1|${clock}`;
        records = [header, "P|1", ...memory.map((result, i) => `R|${i + 1}|${result}`), "L|1||N"];
        number = 1;
        return sendFirst();
      }
      case control.ACK:
        if (records.length === 0) return [];
        records = records.slice(1);
        number = (number + 1) % 8;
        return sendFirst();
      case control.NAK:
        return records.length === 0 ? [] : sendFirst();
      default:
        return [];
    }
  }

  return {
    handle(event) {
      switch (event.on) {
        case "open":
        case "wake":
          return [];
        case "data":
          // A report with its id in front: 00 41 42 43 length data.
          return event.bytes[4] === 1 ? hear(event.bytes[5] ?? 0) : [];
        case "measure": {
          const { glucose, marks = "" } = event.values;
          clock = event.at.replaceAll(/[-T:]/g, "").slice(0, 12);
          if (glucose === undefined) return [];
          const unit = glucose.includes(".") ? "mmol/L" : "mg/dL";
          memory.push(`^^^Glucose|${glucose}|${unit}^P||${marks}||${clock}`);
          if (memory.length > capacity) memory.shift();
          return [];
        }
        default:
          return event satisfies never;
      }
    },
  };
}

export const simulation: Simulation = {
  instrument,
  samples: [
    { glucose: "98" },
    { glucose: "142", marks: "A" },
    { glucose: "67", marks: "B" },
    { glucose: "105", marks: "C" },
    { glucose: "600", marks: ">" },
  ],
};
