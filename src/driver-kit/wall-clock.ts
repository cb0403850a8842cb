import type { LocalTime } from "../model/times.ts";

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
const daysIn = (year: number, month: number): number =>
  (monthDays[month - 1] ?? 0) + (month === 2 && isLeap(year) ? 1 : 0);
const two = (value: number): string => String(value).padStart(2, "0");

/**
 * A wall time from its parts, month and day counted from 1; to the minute where no seconds are given. Nothing for a
 * date that is in no calendar.
 */
export function wallTime(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second?: number,
): LocalTime | undefined {
  const all = [year, month, day, hour, minute, second ?? 0];
  const possible =
    all.every((part) => Number.isInteger(part) && part >= 0) &&
    year >= 1900 &&
    year <= 9999 &&
    day >= 1 &&
    day <= daysIn(year, month) &&
    hour < 24 &&
    minute < 60 &&
    (second ?? 0) < 60;
  if (!possible) return undefined;
  const seconds = second === undefined ? "" : `:${two(second)}`;
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}${seconds}`;
}

/** A wall time from seconds counted, as if without a zone, from the beginning of a year. Below 2^32 seconds. */
export function wallTimeOfSeconds(seconds: number, sinceYear: number): LocalTime | undefined {
  let days = Math.floor(seconds / 86_400);
  const rest = seconds % 86_400;
  let year = sinceYear;
  for (let length = isLeap(year) ? 366 : 365; days >= length; length = isLeap(year) ? 366 : 365) {
    days -= length;
    year++;
  }
  let month = 1;
  while (days >= daysIn(year, month)) days -= daysIn(year, month++);
  return wallTime(year, month, days + 1, Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60);
}

/** The numbers that `wallTime` was made of, seconds in any case. In their order: year, month, day, hour, minute, second. */
export function wallParts(local: LocalTime) {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = local.split(/[-T:]/).map(Number);
  return { year, month, day, hour, minute, second };
}

/** Seconds counted as `wallTimeOfSeconds` reads them; `local` is to the second, as `wallTime` writes it. For simulated instruments. */
export function secondsOfWallTime(local: LocalTime, sinceYear: number): number {
  const { year, month, day, hour, minute, second } = wallParts(local);
  let days = day - 1;
  for (let y = sinceYear; y < year; y++) days += isLeap(y) ? 366 : 365;
  for (let m = 1; m < month; m++) days += daysIn(year, m);
  return ((days * 24 + hour) * 60 + minute) * 60 + second;
}
