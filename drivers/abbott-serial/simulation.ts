import type { Instrument, InstrumentAction, Simulation } from "../../src/driver-kit/instrument.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";
import { encodeDump } from "./lines.ts";

const capacity = 450;
const months = ["Jan ", "Feb ", "Mar ", "Apr ", "May ", "June", "July", "Aug ", "Sep ", "Oct ", "Nov ", "Dec "];

/**
 * A meter that is put on the cable after its first measurement and stays, newest result first. A measurement has
 * `glucose` in mg/dL, and `control` with any text for control solution. On an Optium, `ketone` in eighteenths of a mmol/L.
 */
function instrument(options: Readonly<Record<string, unknown>> = {}): Instrument {
  const isOptium = options["dialect"] === "optium";
  const serial = isOptium ? "XBGQ123-A4567" : "CDMK311-B0764";
  const memory: string[] = [];
  let heard = "";
  let clock: string | undefined;

  function date(at: string): string {
    const month = months[Number(at.slice(5, 7)) - 1] ?? "Jan ";
    return `${isOptium ? `${month.slice(0, 3)} ` : month} ${at.slice(8, 10)} ${at.slice(0, 4)}`;
  }

  function answer(command: string): readonly InstrumentAction[] {
    if (clock === undefined) return [];
    const time = `${date(clock)} ${clock.slice(11, 19)}`;
    const count = memory.length === 0 ? "Log Empty" : String(memory.length).padStart(3, "0");
    const dump = encodeDump([serial, isOptium ? "1.20" : "4.0100     -P", time, count, ...memory]);
    if (!isOptium) return command === "$mem" ? [{ do: "write", bytes: dump }] : [];
    const ok: InstrumentAction = { do: "write", bytes: bytesOf("CMD OK\r\n") };
    if (command === "$xmem") return [{ do: "write", bytes: dump }, ok];
    const named = bytesOf(`S/N:\t${serial}\r\nVer:\t1.20\tMMOL\r\nClock:\t${time.replace(/ (?=\S+$)/, "\t")}\r\n`);
    return command === "$colq" ? [{ do: "write", bytes: named }, ok] : [];
  }

  function measure({ glucose, ketone, control }: Readonly<Record<string, string>>, at: string): void {
    clock = at;
    const value = glucose ?? ketone;
    if (value === undefined) return;
    const type = isOptium ? (glucose === undefined ? "K" : "G") : "00";
    memory.unshift(
      `${value.padStart(3, "0")}  ${date(at)} ${at.slice(11, 16)} ${type} 0x0${control === undefined ? 0 : 1}`,
    );
    memory.splice(capacity);
  }

  return {
    handle(event) {
      switch (event.on) {
        case "open":
        case "wake":
          return [];
        case "data": {
          const commands = (heard + latin1(event.bytes)).split("\r\n");
          heard = (commands.pop() ?? "").slice(-64);
          return commands.flatMap(answer);
        }
        case "measure":
          measure(event.values, event.at);
          return [];
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
