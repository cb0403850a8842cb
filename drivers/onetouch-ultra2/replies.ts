import { hex, sum16 } from "../../src/driver-kit/checksums.ts";
import { envelope } from "../../src/driver-kit/framers/envelope.ts";
import type { Framer } from "../../src/driver-kit/framers/piece.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";
import type { DeviceTime } from "../../src/model/times.ts";
import { deviceTime } from "./meter-clock.ts";

/** One line that the meter sends, taken apart. */
export type Reply =
  | { readonly is: "serial"; readonly serial: string }
  | { readonly is: "firmware"; readonly version: string }
  | { readonly is: "clock"; readonly time: DeviceTime }
  | { readonly is: "display"; readonly unit: string }
  /** Head of a download: how many results follow, and whose they are. */
  | { readonly is: "head"; readonly count: number; readonly serial: string; readonly unit: string }
  | { readonly is: "result"; readonly result: Result };

/** A stored result. `digits` is the value in three digits, `meal` one letter, `comment` and `trailer` two digits. */
export interface Result {
  readonly time: DeviceTime;
  readonly digits: string;
  readonly control: boolean;
  readonly parityError: boolean;
  readonly meal: string;
  readonly comment: string;
  readonly trailer: string;
}

/** Lines begin with the letters of their command and end with a space, four hex digits of SUM16, CR LF. */
export function lineFramer(): Framer {
  return envelope({
    starts: ['@ "', "?P", 'F "', "SU?,", "P "],
    ends: ["\r\n"],
    bound: 128,
    check(frame) {
      const digits = /^ [0-9A-Fa-f]{4}\r\n$/.exec(latin1(frame.subarray(-7)))?.[0].slice(1, 5);
      if (digits === undefined) return "malformed";
      return hex(sum16(frame.subarray(0, -7)), 4) === digits.toUpperCase() ? "ok" : "checksum";
    },
  });
}

/** A line as the meter writes it: text, its checksum, CR LF. */
export function line(text: string): Uint8Array {
  return bytesOf(`${text} ${hex(sum16(bytesOf(text)), 4)}\r\n`);
}

const time = '"(?:SUN|MON|TUE|WED|THU|FRI|SAT)","([0-9]{2}/[0-9]{2}/[0-9]{2})","([0-9]{2}:[0-9]{2}:[0-9]{2}) {3}"';
const clockLine = new RegExp(`^F ${time}$`);
const resultLine = new RegExp(`^P ${time},"([C ]) ([0-9]{3})([? ])","([NBA])","([0-9]{2})", ([0-9]{2})$`);
const headLine = /^P ([0-9]{3}),"([0-9A-Z]{9})","([A-Z/]+) *"$/;

/** Reads a frame of `lineFramer`. Answers nothing where its fields break the documented form. */
export function decode(frame: Uint8Array): Reply | undefined {
  const text = latin1(frame.subarray(0, -7));

  const [, serial] = /^@ "([0-9A-Z]{9})"$/.exec(text) ?? [];
  if (serial !== undefined) return { is: "serial", serial };

  const [, version] = /^\?(P[0-9.]+ [0-9/]+)$/.exec(text) ?? [];
  if (version !== undefined) return { is: "firmware", version };

  const [, unit] = /^SU\?,"([A-Z/]+) *"$/.exec(text) ?? [];
  if (unit !== undefined) return { is: "display", unit };

  const [, clockDate, clockTime] = clockLine.exec(text) ?? [];
  if (clockDate !== undefined && clockTime !== undefined)
    return { is: "clock", time: deviceTime(clockDate, clockTime) };

  const [, count, owner, headUnit] = headLine.exec(text) ?? [];
  if (owner !== undefined && headUnit !== undefined)
    return { is: "head", count: Number(count), serial: owner, unit: headUnit };

  const [, date, clock, kind, digits, parity, meal, comment, trailer] = resultLine.exec(text) ?? [];
  if (
    date === undefined ||
    clock === undefined ||
    digits === undefined ||
    meal === undefined ||
    comment === undefined ||
    trailer === undefined
  )
    return undefined;
  return {
    is: "result",
    result: {
      time: deviceTime(date, clock),
      digits,
      control: kind === "C",
      parityError: parity === "?",
      meal,
      comment,
      trailer,
    },
  };
}
