import { hex, sum16 } from "../../src/driver-kit/checksums.ts";
import type { Span } from "../../src/driver-kit/contract.ts";
import type { Kept } from "../../src/driver-kit/memory-session.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";
import { wallTime } from "../../src/driver-kit/wall-clock.ts";
import type { DeviceTime } from "../../src/model/times.ts";

/** A result as the meter writes it: hex digits, without the type in front. */
export interface Stored {
  readonly digits: string;
  readonly span: Span;
}

/** The meter shows LO below and HI above these: a limit, not a number. */
const lowest = 20;
const highest = 600;

/** The two digits of the mark that are known not to stand for control solution. */
const patientMarks: Readonly<Record<string, readonly string[]>> = {
  "00": [],
  "01": ["before meal"],
  "02": ["after meal"],
};

const known = { time: 7, value: 10, mark: 12 } as const;
/** Of the value's first digit: more than eleven bits are not told of. */
const beyondValue = 0x8;

/** The digits of a result: `g5` and twelve or more of them; a recorded meter writes `zg5`. */
export function resultDigits(text: string): string | undefined {
  return /^z?g5([0-9A-F]{12,40})$/.exec(text)?.[1];
}

/** The sum over the digits of all results that closes a list: `x`, one character that is not told of, four hex digits. */
export function listSum(text: string): string | undefined {
  return /^x[0-9A-Za-z]([0-9A-F]{4})$/.exec(text)?.[1];
}

export function sumOf(results: readonly Pick<Stored, "digits">[]): string {
  let sum = 0;
  for (const { digits } of results) sum = (sum + sum16(bytesOf(digits))) & 0xffff;
  return hex(sum, 4);
}

/** `ssmmHHDDMMYY`: the meter's clock, years 20YY. */
export function clockOf(digits: string): DeviceTime {
  const [second = 0, minute = 0, hour = 0, day = 0, month = 0, year = 0] = (digits.match(/../g) ?? []).map(Number);
  const local = wallTime(2000 + year, month, day, hour, minute, second);
  return { text: digits, ...(local === undefined ? {} : { local }) };
}

/**
 * Reads a result: month, day and year as DDYY, time as HHMM, value in mg/dL, mark. A mark that is not known may be that
 * of control solution, so such a result is none of a patient.
 */
export function findingOf({ digits, span }: Stored, serial: string): Kept {
  const field = (from: number, to: number) => Number.parseInt(digits.slice(from, to), 16);
  const mark = digits.slice(known.value, known.mark);
  const flags = patientMarks[mark];
  const kind = flags === undefined ? "control" : "patient";
  const isKnown = (field(known.time, known.time + 1) & beyondValue) === 0;
  const told = flags ?? [`mark ${mark}`];
  return {
    channel: isKnown ? "glucose" : "other",
    value: isKnown ? wireValue(field(known.time, known.value)) : { kind: "text", text: digits },
    kind,
    deviceTime: timeOf(digits.slice(0, known.time), field(0, 1), field(1, 4), field(4, known.time)),
    ...(told.length > 0 ? { flags: told } : {}),
    identity: `${serial} ${digits.slice(0, known.value)}${kind === "control" ? " control" : ""}`,
    span,
  };
}

function timeOf(text: string, month: number, dayAndYear: number, hourAndMinute: number): DeviceTime {
  const local = wallTime(
    2000 + (dayAndYear % 100),
    month,
    Math.floor(dayAndYear / 100),
    Math.floor(hourAndMinute / 100),
    hourAndMinute % 100,
  );
  return { text, ...(local === undefined ? {} : { local }) };
}

function wireValue(milligrams: number): Kept["value"] {
  if (milligrams === 0) return { kind: "absent", reason: "not-measured", text: "0" };
  if (milligrams < lowest) return { kind: "number", text: String(lowest), bound: "<" };
  if (milligrams > highest) return { kind: "number", text: String(highest), bound: ">" };
  return { kind: "number", text: String(milligrams) };
}
