import type { Instrument, InstrumentAction, Simulation } from "../../src/driver-kit/instrument.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";
import { message } from "./checksum.ts";

/**
 * A monitor that answers polls in its native protocol. A measurement may have `NIBP_SYS`, `NIBP_DIA` and `NIBP_MAP`
 * (a new determination), `TEMP` in degrees Fahrenheit with one decimal (a new temperature), `SPO2` and `PULSE_SPO2`
 * (which then stay), and `PULSE_NIBP`. Ages go on by the second.
 */
function instrument(): Instrument {
  let heard = "";
  let nibp: { age: number; digits: string } | undefined;
  let temperature: { age: number; tenths: string } | undefined;
  let counter = 0x20;
  let saturation: string | undefined;
  let rate: { source: "2" | "3"; beats: string } | undefined;

  function answer(command: string): string | undefined {
    switch (command) {
      case message("NA"):
        return message("NA", nibp === undefined ? "1109999000000000" : `110${digits(nibp.age, 4)}${nibp.digits}`);
      case message("OA"):
        return message("OA", saturation === undefined ? "6000000" : `1${saturation}708`);
      case message("RA"):
        return message("RA", rate === undefined ? "2000" : `${rate.source}${rate.beats}`);
      case message("TC"): {
        const mark = String.fromCharCode(counter);
        return message(
          "TC",
          temperature === undefined
            ? `00${mark}9999900000`
            : `00${mark}${digits(temperature.age, 5)}${temperature.tenths}0`,
        );
      }
      default:
        return undefined;
    }
  }

  function measure(values: Readonly<Record<string, string>>): void {
    const { NIBP_SYS, NIBP_DIA, NIBP_MAP, TEMP, SPO2, PULSE_SPO2, PULSE_NIBP } = values;
    if (NIBP_SYS !== undefined && NIBP_DIA !== undefined && NIBP_MAP !== undefined)
      nibp = { age: 0, digits: digits(NIBP_SYS, 3) + digits(NIBP_DIA, 3) + digits(NIBP_MAP, 3) };
    if (TEMP !== undefined) {
      temperature = { age: 0, tenths: digits(TEMP.replace(".", ""), 4) };
      counter = counter === 0x7e ? 0x20 : counter + 1;
    }
    if (SPO2 !== undefined) saturation = digits(SPO2, 3);
    if (PULSE_SPO2 !== undefined) rate = { source: "2", beats: digits(PULSE_SPO2, 3) };
    else if (PULSE_NIBP !== undefined) rate = { source: "3", beats: digits(PULSE_NIBP, 3) };
  }

  return {
    handle(event) {
      switch (event.on) {
        case "open":
          return [{ do: "wake", afterMs: 1000 }];
        case "data": {
          const commands = (heard + latin1(event.bytes)).split("\r");
          heard = (commands.pop() ?? "").slice(-64);
          return commands.flatMap((command): readonly InstrumentAction[] => {
            const reply = answer(`${command}\r`);
            return reply === undefined ? [] : [{ do: "write", bytes: bytesOf(reply) }];
          });
        }
        case "wake":
          if (nibp !== undefined) nibp = nibp.age < 5400 ? { ...nibp, age: nibp.age + 1 } : undefined;
          if (temperature !== undefined) temperature = { ...temperature, age: Math.min(temperature.age + 1, 99998) };
          return [{ do: "wake", afterMs: 1000 }];
        case "measure":
          measure(event.values);
          return [];
        default:
          return event satisfies never;
      }
    },
  };
}

function digits(value: string | number, width: number): string {
  return String(value).padStart(width, "0");
}

export const simulation: Simulation = {
  instrument,
  samples: [
    { NIBP_SYS: "118", NIBP_DIA: "76", NIBP_MAP: "91", SPO2: "98", PULSE_SPO2: "72", TEMP: "98.6" },
    { NIBP_SYS: "136", NIBP_DIA: "84", NIBP_MAP: "102", SPO2: "96", PULSE_SPO2: "80" },
    { TEMP: "99.1" },
  ],
};
