import type { Instrument, InstrumentAction, Simulation } from "../../src/driver-kit/instrument.ts";
import { latin1 } from "../../src/driver-kit/text.ts";
import { encodeText, sumOf } from "./answers.ts";
import { reportOf, textReports, types } from "./reports.ts";

const capacity = 1000;

/**
 * A meter that is plugged in after its first measurement and stays. A measurement has `glucose` in mg/dL, or `ketone` in
 * eighteenths of a mmol/L; with any text as `control` it was of control solution. An InsuLinx knows glucose alone.
 */
function instrument(options: Readonly<Record<string, unknown>> = {}): Instrument {
  const isNeo = options["dialect"] !== "insulinx";
  const memory: string[] = [];
  let measured = 0;
  let clock: readonly number[] = [];

  function answer(command: string): readonly string[] | undefined {
    const [year = 0, month, day, hour, minute] = clock;
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
        return memory.length === 0 ? ["Log Empty"] : [...memory, `${memory.length},${sumOf(memory)}`];
      default:
        return undefined;
    }
  }

  function hear([, type, length = 0, ...data]: Uint8Array): readonly Uint8Array[] {
    if (memory.length === 0) return [];
    if (type === types.begin) return [reportOf(types.begun, Uint8Array.of(1)).subarray(1)];
    if (type !== types.text) return [];
    const lines = answer(latin1(Uint8Array.from(data.slice(0, length))).trimEnd());
    return lines === undefined ? [] : textReports(encodeText(lines));
  }

  function record({ glucose, ketone, control }: Readonly<Record<string, string>>): string | undefined {
    const [year = 0, ...time] = clock;
    const [month, day, hour, minute] = time;
    const at = `${++measured},${month},${day},${year - 2000},${hour},${minute}`;
    const mark = control === undefined ? 1 : 0;
    if (!isNeo) return glucose === undefined ? undefined : `0,${at},0,0,0,0,0,0,${glucose},0,0`;
    if (glucose !== undefined) return `7,${at},0,${glucose},0,${mark},0,0,0,0,0,0,0,0`;
    return ketone === undefined ? undefined : `9,${at},0,${ketone},${mark}`;
  }

  return {
    handle(event) {
      switch (event.on) {
        case "open":
        case "wake":
          return [];
        case "data":
          return hear(event.bytes).map((bytes): InstrumentAction => ({ do: "write", bytes }));
        case "measure": {
          clock = event.at.split(/[-T:]/).map(Number);
          const taken = record(event.values);
          if (taken !== undefined) memory.unshift(taken);
          memory.splice(capacity);
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
  samples: [{ glucose: "98" }, { glucose: "142" }, { glucose: "67" }, { glucose: "105", control: "yes" }],
};
