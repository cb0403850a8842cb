import type { Simulation } from "../../src/driver-kit/instrument.ts";
import { type Memory, memoryMeter } from "../../src/driver-kit/memory-meter.ts";
import { latin1 } from "../../src/driver-kit/text.ts";
import { wallParts } from "../../src/driver-kit/wall-clock.ts";
import { encodeText, sumOf } from "./answers.ts";
import { reportOf, textReports, types } from "./reports.ts";

/**
 * A meter that answers commands in text. A measurement has `glucose` in mg/dL, or `ketone` in eighteenths of a mmol/L;
 * with any text as `control` it was of control solution. An InsuLinx knows glucose alone.
 */
function instrument(options: Readonly<Record<string, unknown>> = {}) {
  const isNeo = options["dialect"] !== "insulinx";
  let measured = 0;

  return memoryMeter<string>({
    capacity: 1000,
    newest: "first",
    record({ glucose, ketone, control }, at) {
      const { year, month, day, hour, minute } = wallParts(at);
      const numbered = `${++measured},${month},${day},${year - 2000},${hour},${minute}`;
      const mark = control === undefined ? 1 : 0;
      if (!isNeo) return glucose === undefined ? undefined : `0,${numbered},0,0,0,0,0,0,${glucose},0,0`;
      if (glucose !== undefined) return `7,${numbered},0,${glucose},0,${mark},0,0,0,0,0,0,0,0`;
      return ketone === undefined ? undefined : `9,${numbered},0,${ketone},${mark}`;
    },
    answer([, type, length = 0, ...data], memory) {
      if (type === types.begin) return [reportOf(types.begun, Uint8Array.of(1)).subarray(1)];
      if (type !== types.text) return [];
      const lines = answer(latin1(Uint8Array.from(data.slice(0, length))).trimEnd(), isNeo, memory);
      return lines === undefined ? [] : textReports(encodeText(lines));
    },
  });
}

function answer(command: string, isNeo: boolean, { records, clock }: Memory<string>): readonly string[] | undefined {
  const { year, month, day, hour, minute } = wallParts(clock);
  switch (command) {
    case "$serlnum?":
      return [isNeo ? "LDGM123-A4567" : "JCGM123-A4567"];
    case "$swver?":
      return ["2.1.2"];
    case "$date?":
      return [`${month},${day},${year - 2000}`];
    case "$time?":
      return [`${hour},${minute}`];
    case "$result?":
      return records.length === 0 ? ["Log Empty"] : [...records, `${records.length},${sumOf(records)}`];
    default:
      return undefined;
  }
}

export const simulation: Simulation = {
  instrument,
  samples: [{ glucose: "98" }, { glucose: "142" }, { glucose: "67" }, { glucose: "105", control: "yes" }],
};
