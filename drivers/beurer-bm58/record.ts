import type { DeviceTime } from "../../src/model/times.ts";

/** One stored measurement: mmHg and beats a minute. */
export interface StoredMeasurement {
  readonly systolic: number;
  readonly diastolic: number;
  readonly pulse: number;
  readonly time: DeviceTime;
}

export const recordLength = 9;
/** Pressures are stored less this. */
const offset = 25;
const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Reads nine bytes: one of unknown meaning, systolic and diastolic less 25, pulse, month, day, hour, minute, year less
 * 2000. Nothing where the diastolic pressure is not below the systolic one.
 */
export function decode(bytes: Uint8Array): StoredMeasurement | undefined {
  const [, systolic = 0, diastolic = 0, pulse = 0, month = 0, day = 0, hour = 0, minute = 0, year = 0] = bytes;
  if (bytes.length !== recordLength || diastolic >= systolic) return undefined;
  return {
    systolic: systolic + offset,
    diastolic: diastolic + offset,
    pulse,
    time: deviceTime(year, month, day, hour, minute),
  };
}

/** Local time without a zone, to the minute. The text is the numbers as stored; `local` where they are possible. */
function deviceTime(year: number, month: number, day: number, hour: number, minute: number): DeviceTime {
  const two = (n: number) => String(n).padStart(2, "0");
  const text = `${2000 + year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}`;
  const days = (monthDays[month - 1] ?? 0) + (month === 2 && year % 4 === 0 && year !== 100 && year !== 200 ? 1 : 0);
  const possible = day >= 1 && day <= days && hour < 24 && minute < 60;
  return possible ? { text, local: text.replace(" ", "T") } : { text };
}
