import type { Simulation } from "../../src/driver-kit/instrument.ts";
import { type Memory, memoryMeter } from "../../src/driver-kit/memory-meter.ts";
import { questionsUntil } from "../../src/driver-kit/questions.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";
import { encodeDump } from "./lines.ts";

const months = ["Jan ", "Feb ", "Mar ", "Apr ", "May ", "June", "July", "Aug ", "Sep ", "Oct ", "Nov ", "Dec "];

/**
 * A meter that dumps its memory. A measurement has `glucose` in mg/dL, and `control` with any text for control solution.
 * On an Optium, `ketone` in eighteenths of a mmol/L.
 */
function instrument(options: Readonly<Record<string, unknown>> = {}) {
  const isOptium = options["dialect"] === "optium";
  const serial = isOptium ? "XBGQ123-A4567" : "CDMK311-B0764";
  const commands = questionsUntil("\r\n");

  function date(at: string): string {
    const month = months[Number(at.slice(5, 7)) - 1] ?? "Jan ";
    return `${isOptium ? `${month.slice(0, 3)} ` : month} ${at.slice(8, 10)} ${at.slice(0, 4)}`;
  }

  function answer(command: string, { records, clock }: Memory<string>): readonly Uint8Array[] {
    const time = `${date(clock)} ${clock.slice(11, 19)}`;
    const count = records.length === 0 ? "Log Empty" : String(records.length).padStart(3, "0");
    const dump = encodeDump([serial, isOptium ? "1.20" : "4.0100     -P", time, count, ...records]);
    if (!isOptium) return command === "$mem" ? [dump] : [];
    const ok = bytesOf("CMD OK\r\n");
    if (command === "$xmem") return [dump, ok];
    const named = bytesOf(`S/N:\t${serial}\r\nVer:\t1.20\tMMOL\r\nClock:\t${time.replace(/ (?=\S+$)/, "\t")}\r\n`);
    return command === "$colq" ? [named, ok] : [];
  }

  return memoryMeter<string>({
    capacity: 450,
    newest: "first",
    record({ glucose, ketone, control }, at) {
      const value = glucose ?? ketone;
      if (value === undefined) return undefined;
      const type = isOptium ? (glucose === undefined ? "K" : "G") : "00";
      const mark = `0x0${control === undefined ? 0 : 1}`;
      return `${value.padStart(3, "0")}  ${date(at)} ${at.slice(11, 16)} ${type} ${mark}`;
    },
    answer: (heard, memory) => commands(heard).flatMap((command) => answer(command, memory)),
  });
}

export const simulation: Simulation = {
  instrument,
  samples: [{ glucose: "98" }, { glucose: "142" }, { glucose: "67" }, { glucose: "105", control: "yes" }],
};
