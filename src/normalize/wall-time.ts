import type { LocalTime } from "../model/times.ts";

/** How far ahead of UTC a clock is whose offset is written so (`+01:00`), in milliseconds. */
export function offsetMs(offset: string): number {
  return -Date.parse(`1970-01-01T00:00:00${offset}`);
}

/**
 * A wall time as the milliseconds it would have if it were UTC, and how finely it is written: to the second
 * (`2026-11-23T14:05:09`) or to the minute (`2026-11-23T14:05`). Nothing for a date that is in no calendar.
 */
export function parseWallTime(text: LocalTime): { readonly wallMs: number; readonly precisionMs: number } | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(\.\d{1,3})?)?$/.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = match.slice(1, 6).map(Number);
  const second = Number(match[6] ?? 0);
  const milli = Math.round(Number(match[7] ?? 0) * 1000);
  if (year < 1900 || year > 2999 || hour > 23 || minute > 59 || second > 59) return undefined;
  const wallMs = Date.UTC(year, month - 1, day, hour, minute, second, milli);
  const date = new Date(wallMs);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return { wallMs, precisionMs: match[6] === undefined ? 60_000 : 1000 };
}
