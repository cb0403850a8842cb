import type { Instrument, InstrumentAction, Simulation } from "../../src/driver-kit/instrument.ts";
import { questionsUntil } from "../../src/driver-kit/questions.ts";
import { line } from "./replies.ts";

const serial = "GMF600DCY";
const capacity = 500;
const weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/**
 * A meter that is put on the cable after its first measurement and stays there, with a memory of 500 results, newest
 * first. A measurement has `glucose` in mg/dL; `control` with any text marks control solution, `meal` is B or A, and
 * `comment` two digits. Its clock goes on by the second from the last measurement's time.
 */
function instrument(): Instrument {
  const commands = questionsUntil("\r");
  const memory: string[] = [];
  let clock: { date: string; seconds: number } | undefined;

  function answer(command: string): readonly InstrumentAction[] {
    if (clock === undefined) return [];
    const write = (text: string): InstrumentAction => ({ do: "write", bytes: line(text) });
    switch (command) {
      case "DM@":
        return [write(`@ "${serial}"`)];
      case "DM?":
        return [write("?P02.00.00 30/08/06")];
      case "DMF":
        return [write(`F ${stamp(clock)}`)];
      case "DMSU?":
        return [write('SU?,"MG/DL "')];
      case "DMP":
        return [write(`P ${String(memory.length).padStart(3, "0")},"${serial}","MG/DL "`), ...memory.map(write)];
      default:
        return [];
    }
  }

  function measure(values: Readonly<Record<string, string>>, at: string): void {
    const [hours, minutes, seconds] = at.slice(11, 19).split(":").map(Number);
    clock = { date: at.slice(0, 10), seconds: (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0) };
    const { glucose, control, meal, comment } = values;
    if (glucose === undefined) return;
    const value = `${control === undefined ? " " : "C"} ${glucose.padStart(3, "0")} `;
    memory.unshift(`P ${stamp(clock)},"${value}","${meal ?? "N"}","${comment ?? "00"}", 00`);
    memory.splice(capacity);
  }

  return {
    handle(event) {
      switch (event.on) {
        case "open":
          return [{ do: "wake", afterMs: 1000 }];
        case "data":
          return commands(event.bytes).flatMap(answer);
        case "wake":
          // A clock that stops at midnight is good enough for a simulated visit.
          if (clock !== undefined) clock = { ...clock, seconds: Math.min(clock.seconds + 1, 86_399) };
          return [{ do: "wake", afterMs: 1000 }];
        case "measure":
          measure(event.values, event.at);
          return [];
        default:
          return event satisfies never;
      }
    },
  };
}

/** A time as the meter writes it: day of the week, date and time, each in quotes. */
function stamp({ date, seconds }: { date: string; seconds: number }): string {
  const [year = "", month = "", day = ""] = date.split("-");
  const two = (n: number) => String(n).padStart(2, "0");
  const time = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return `"${weekday(Number(year), Number(month), Number(day))}","${month}/${day}/${year.slice(2)}","${time}   "`;
}

/** Zeller's congruence, Gregorian. */
function weekday(year: number, month: number, day: number): string {
  const m = month < 3 ? month + 12 : month;
  const y = month < 3 ? year - 1 : year;
  const fromSaturday =
    (day + Math.floor((13 * (m + 1)) / 5) + y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400)) % 7;
  return weekdays[(fromSaturday + 6) % 7] ?? "SUN";
}

export const simulation: Simulation = {
  instrument,
  samples: [
    { glucose: "98" },
    { glucose: "142", meal: "A", comment: "02" },
    { glucose: "67", comment: "08" },
    { glucose: "105", control: "yes" },
  ],
};
