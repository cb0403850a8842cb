import { hex } from "../../src/driver-kit/checksums.ts";
import type { Span } from "../../src/driver-kit/contract.ts";
import type { Kept } from "../../src/driver-kit/memory-session.ts";
import { wallTime } from "../../src/driver-kit/wall-clock.ts";
import type { DeviceTime } from "../../src/model/times.ts";

/** Whether the two limits are shown as numbers or as LO and HI is told in two ways. */
const lowest = 20;
const highest = 600;
/** Bits beside the control bit that are not told of. */
const otherBits = 0x0e;

interface Fields {
  readonly year: number;
  readonly isMilligrams: boolean;
  readonly month: number;
  readonly isControl: boolean;
  readonly others: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly value: number;
}

/** A place of the memory that holds no result. */
export function isEmpty(data: Uint8Array): boolean {
  return data.every((byte) => byte === 0xff);
}

/**
 * Reads a place of the memory: year and unit, month and control, day hour minute, value and a sum over all of these, the
 * last three in two bytes with the low one first. Nothing where the sum is wrong.
 */
export function findingOf(data: Uint8Array, serial: string, span: Span): Kept | undefined {
  const [first = 0, second = 0, timeLow = 0, timeHigh = 0, valueLow = 0, valueHigh = 0, sumLow = 0, sumHigh = 0] = data;
  const packed = timeLow | (timeHigh << 8);
  const fields: Fields = {
    year: first & 0x7f,
    isMilligrams: (first & 0x80) !== 0,
    month: second >> 4,
    isControl: (second & 0x01) !== 0,
    others: second & otherBits,
    ...timeParts(packed),
    value: valueLow | (valueHigh << 8),
  };
  if ((sumLow | (sumHigh << 8)) !== sumOf(fields)) return undefined;
  const { year, month, day, hour, minute, others, isControl } = fields;
  const local = wallTime(2000 + year, month, day, hour, minute);
  const named = Uint8Array.from(data.subarray(0, 6), (byte, i) => (i === 1 ? byte & ~otherBits : byte));
  return {
    // What a meter that shows mmol/L stores is not known.
    channel: fields.isMilligrams ? "glucose" : "other",
    value: fields.isMilligrams ? wireValue(fields.value) : { kind: "text", text: hexOf(data) },
    kind: isControl ? "control" : "patient",
    deviceTime: { text: hexOf(data.subarray(0, 4)), ...(local === undefined ? {} : { local }) },
    ...(others === 0 ? {} : { flags: [`bits ${hex(others, 2)}`] }),
    identity: `${serial} ${hexOf(named)}`,
    span,
  };
}

/** The sum that a place of the memory ends with. */
export function sumOf(fields: Omit<Fields, "others">): number {
  const { year, isMilligrams, month, isControl, day, hour, minute, value } = fields;
  return (year + Number(isMilligrams) + Number(isControl) + month + day + hour + minute + value) & 0xffff;
}

/** The meter's clock: year, month, then day, hour and minute in two bytes with the low one first. */
export function clockOf(data: Uint8Array): DeviceTime {
  const [year = 0, month = 0, low = 0, high = 0] = data;
  const { day, hour, minute } = timeParts(low | (high << 8));
  const local = wallTime(2000 + (year & 0x7f), month & 0x0f, day, hour, minute);
  return { text: hexOf(data.subarray(0, 4)), ...(local === undefined ? {} : { local }) };
}

function timeParts(packed: number): Pick<Fields, "day" | "hour" | "minute"> {
  return { day: packed & 0x1f, hour: (packed >> 5) & 0x1f, minute: packed >> 10 };
}

function wireValue(milligrams: number): Kept["value"] {
  if (milligrams === 0) return { kind: "absent", reason: "not-measured", text: "0" };
  if (milligrams === lowest || milligrams === highest)
    return { kind: "absent", reason: "out-of-range", text: String(milligrams) };
  if (milligrams < lowest) return { kind: "number", text: String(lowest), bound: "<" };
  if (milligrams > highest) return { kind: "number", text: String(highest), bound: ">" };
  return { kind: "number", text: String(milligrams) };
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => hex(byte, 2)).join("");
}
