import type { DeviceTime, LocalTime } from "../../src/model/times.ts";

/**
 * A LIS02 timestamp, `YYYYMMDDHHMM[SS]`, local and without zone; to the minute where no seconds are written. A date alone
 * is kept as text: it names no moment.
 * Empty text is no time.
 */
export function deviceTime(text: string): DeviceTime | undefined {
  if (text === "") return undefined;
  const local = localTime(text);
  return local === undefined ? { text } : { text, local };
}

function localTime(text: string): LocalTime | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?$/.exec(text);
  if (match === null) return undefined;
  const [, year = "", month = "", day = "", hour = "", minute = "", second] = match;
  const possible =
    Number(day) >= 1 &&
    Number(day) <= daysIn(Number(year), Number(month)) &&
    Number(hour) < 24 &&
    Number(minute) < 60 &&
    Number(second ?? 0) < 60;
  const seconds = second === undefined ? "" : `:${second}`;
  return possible ? `${year}-${month}-${day}T${hour}:${minute}${seconds}` : undefined;
}

/** 0 for a month that does not exist. */
function daysIn(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
}
