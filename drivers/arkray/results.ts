import { hex } from "../../src/driver-kit/checksums.ts";
import type { Span } from "../../src/driver-kit/contract.ts";
import type { Kept } from "../../src/driver-kit/memory-session.ts";
import { wallTime } from "../../src/driver-kit/wall-clock.ts";
import type { DeviceTime } from "../../src/model/times.ts";

/** How many digits a result has at least; what may follow is not told of. */
export const resultLength = 16;
/** Where its flags begin, the last two of those digits. */
const flagsAt = 14;

const bits = { high: 0x01, low: 0x02, control: 0x04 } as const;
const knownBits = bits.high | bits.low | bits.control;
/** LO and HI stand for these. */
const lowest = "20";
const highest = "600";

/**
 * Reads a result's digits: value with its low byte first, minute, hour, day, month, year, flags. Nothing where they are
 * none.
 */
export function findingOf(digits: string, serial: string, span: Span): Kept | undefined {
  const form = /^([0-9A-F]{2})([0-9A-F]{2})([0-9]{10})([0-9A-F]{2})/i;
  const [, low, high, time, told] = form.exec(digits) ?? [];
  if (low === undefined || high === undefined || time === undefined || told === undefined) return undefined;
  const flags = Number.parseInt(told, 16);
  const others = flags & ~knownBits;
  return {
    channel: "glucose",
    value: wireValue(Number.parseInt(high + low, 16), flags),
    kind: (flags & bits.control) === 0 ? "patient" : "control",
    deviceTime: timeOf(time),
    ...(others === 0 ? {} : { flags: [`flags ${told}`] }),
    identity: `${serial} ${digits.slice(0, flagsAt)}${hex(flags & knownBits, 2)}`,
    span,
  };
}

function wireValue(milligrams: number, flags: number): Kept["value"] {
  const isHigh = (flags & bits.high) !== 0;
  const isLow = (flags & bits.low) !== 0;
  if (isHigh && isLow) return { kind: "absent", reason: "out-of-range", text: String(milligrams) };
  if (isHigh) return { kind: "number", text: highest, bound: ">" };
  if (isLow) return { kind: "number", text: lowest, bound: "<" };
  if (milligrams === 0) return { kind: "absent", reason: "not-measured", text: "0" };
  return { kind: "number", text: String(milligrams) };
}

/** `mmHHDDMMYY`, local time, years 20YY. */
function timeOf(text: string): DeviceTime {
  const [minute = 0, hour = 0, day = 0, month = 0, year = 0] = (text.match(/../g) ?? []).map(Number);
  const local = wallTime(2000 + year, month, day, hour, minute);
  return { text, ...(local === undefined ? {} : { local }) };
}

/** The meter's clock: date `YYMMDD`, time `HHmm`. */
export function clockOf(date: string, time: string): DeviceTime {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = ((date + time).match(/../g) ?? []).map(Number);
  const local = wallTime(2000 + year, month, day, hour, minute);
  return { text: `${date} ${time}`, ...(local === undefined ? {} : { local }) };
}
