/** A time as HL7 writes it (DTM, in older versions TS): its precision is part of its meaning. */
export interface Dtm {
  /** ISO 8601 without a zone, cut to what was written: `2026-11`, `2026-11-23T14:05`, `2026-11-23T14:05:09.1200`. */
  readonly local: string;
  readonly precision: "year" | "month" | "day" | "hour" | "minute" | "second" | "fraction";
  /** `+01:00`; where none was written the sender's own zone is meant. `-00:00` stays as written. */
  readonly offset?: string;
}

const digits = /^(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(\.\d{1,4})?)?)?)?)?)?([+-]\d{4})?$/;
const iso = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?)?(?:(Z)|([+-]\d\d):?(\d\d))?$/;
const precisions = ["year", "month", "day", "hour", "minute", "second", "fraction"] as const;

/**
 * Reads `YYYY[MM[DD[HH[MM[SS[.S[S[S[S]]]]]]]]][+/-ZZZZ]`, and ISO 8601 where a sender writes that instead. Nothing for
 * anything else, impossible months, hours and offsets included.
 */
export function parseDtm(text: string): Dtm | undefined {
  const match = digits.exec(text) ?? digits.exec(fromIso(text));
  if (match === null) return undefined;
  const [, year = "", month, day, hour, minute, second, fraction, zone] = match;
  const parts = [year, month, day, hour, minute, second, fraction];
  const precision = precisions[parts.filter((part) => part !== undefined).length - 1] ?? "year";
  if (!within(month, 1, 12) || !within(day, 1, daysIn(Number(year), Number(month))) || !within(hour, 0, 23)) {
    return undefined;
  }
  // 60 is a leap second; a zone's offset is below 15 hours.
  if (!within(minute, 0, 59) || !within(second, 0, 60)) return undefined;
  if (!within(zone?.slice(1, 3), 0, 14) || !within(zone?.slice(3), 0, 59)) return undefined;
  let local = year;
  if (month !== undefined) local += `-${month}`;
  if (day !== undefined) local += `-${day}`;
  if (hour !== undefined) local += `T${hour}`;
  if (minute !== undefined) local += `:${minute}`;
  if (second !== undefined) local += `:${second}`;
  if (fraction !== undefined) local += fraction;
  return { local, precision, ...(zone === undefined ? {} : { offset: `${zone.slice(0, 3)}:${zone.slice(3)}` }) };
}

/** A moment as a sender wrote it: its text, and where that says at least hour and minute, the reading of it. */
export interface Stamp {
  readonly text: string;
  readonly local?: string;
  readonly offset?: string;
}

/** Reads a moment, to the second. A date alone names none: like what is no time, it is text. Nothing for nothing. */
export function stampOf(written: string | undefined): Stamp | undefined {
  if (written === undefined || written === "") return undefined;
  const read = parseDtm(written);
  if (read === undefined || !["minute", "second", "fraction"].includes(read.precision)) return { text: written };
  const { local, offset } = read;
  return { text: written, local: local.slice(0, 19), ...(offset !== undefined && { offset }) };
}

/**
 * Writes an ISO 8601 time as DTM, to the second or to the millisecond, cut and never rounded, with the offset that it
 * carries: `2026-11-23T14:05:09.120+01:00` -> `20261123140509+0100`. Throws a RangeError on anything else.
 */
export function formatDtm(time: string, to: "second" | "millisecond" = "second"): string {
  const match = iso.exec(time);
  if (match === null) throw new RangeError("not an ISO 8601 time");
  const written = fromIso(time);
  const fraction = match[7] ?? "";
  return written.replace(fraction, to === "second" || fraction === "" ? "" : `${fraction}000`.slice(0, 4));
}

function fromIso(text: string): string {
  const match = iso.exec(text);
  if (match === null) return "";
  const [, year, month, day, hour = "", minute = "", second = "", fraction = "", utc, zone, zoneMinutes] = match;
  const offset = utc === undefined ? (zone ?? "") + (zoneMinutes ?? "") : "+0000";
  return `${year}${month}${day}${hour}${minute}${second}${fraction.slice(0, 5)}${offset}`;
}

function within(part: string | undefined, least: number, most: number): boolean {
  return part === undefined || (Number(part) >= least && Number(part) <= most);
}

function daysIn(year: number, month: number): number {
  if (month !== 2) return [4, 6, 9, 11].includes(month) ? 30 : 31;
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
}
