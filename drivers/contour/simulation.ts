import type { Simulation } from "../../src/driver-kit/instrument.ts";
import { type Memory, memoryMeter } from "../../src/driver-kit/memory-meter.ts";
import { control, encodeFrame } from "./frames.ts";
import { reportsOf } from "./reports.ts";

/**
 * A meter that speaks ASTM in HID reports. A measurement has `glucose` in mg/dL, or in mmol/L where it has a point, and
 * `marks` as the meter writes them: `A`, `B/S`, `C` for control solution, `<` and `>` beside a limit.
 */
function instrument() {
  /** What is still to be sent; the first of it was sent and is not acknowledged. Empty: no transfer. */
  let records: readonly string[] = [];
  let number = 0;

  function sendFirst(): readonly number[] {
    const [record] = records;
    if (record === undefined) return [control.EOT];
    const frame = encodeFrame(number, record);
    return number === 1 && record.startsWith("H") ? [control.EOT, ...frame, control.ENQ] : [...frame];
  }

  function hear(character: number, memory: Memory<string>): readonly number[] {
    switch (character) {
      case control.EOT:
        records = messageOf(memory);
        number = 1;
        return sendFirst();
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

  return memoryMeter<string>({
    capacity: 2000,
    newest: "last",
    record({ glucose, marks = "" }, at) {
      if (glucose === undefined) return undefined;
      const unit = glucose.includes(".") ? "mmol/L" : "mg/dL";
      return `^^^Glucose|${glucose}|${unit}^P||${marks}||${digits(at)}`;
    },
    answer(report, memory) {
      // A report with its id in front: 00 41 42 43 length data.
      const said = report[4] === 1 ? hear(report[5] ?? 0, memory) : [];
      return said.length === 0 ? [] : reportsOf(Uint8Array.from(said), "host");
    },
  });
}

/** All records of the message that holds the memory. */
function messageOf({ records, clock }: Memory<string>): readonly string[] {
  const meter = "Bayer7390^01.24^7390-2336773^7403-";
  const header = `H|\\^&||7w3LBL|${meter}|A=1^U=0^V=10600|${records.length}||||||1|${digits(clock)}`;
  return [header, "P|1", ...records.map((result, i) => `R|${i + 1}|${result}`), "L|1||N"];
}

/** Year to minute. */
const digits = (at: string): string => at.replaceAll(/[-T:]/g, "").slice(0, 12);

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
