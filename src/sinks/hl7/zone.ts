import { formatDtm } from "../../hl7/dtm.ts";
import type { Instant } from "../../model/times.ts";

/** Zones change their offset on a quarter of an hour of UTC only, so that one look serves a quarter of an hour. */
const quarterMs = 900_000;

const formats = new Map<string, Intl.DateTimeFormat>();
/** Zone -> quarter of an hour since 1970 -> minutes east of UTC. */
const offsets = new Map<string, Map<number, number>>();
/** So many are remembered of a zone before it starts afresh; a download of old readings reaches far back. */
const mostOffsets = 10_000;

/** An instant as the wall clock of an IANA zone shows it, to the second, with its offset: `20261123150509+0100`. */
export function zonedDtm(instant: Instant, timezone: string): string {
  if (last.instant !== instant || last.timezone !== timezone)
    last = { instant, timezone, dtm: write(instant, timezone) };
  return last.dtm;
}

/** A message names one instant several times, and readings of a burst share theirs. */
let last: { readonly instant: Instant; readonly timezone: string; readonly dtm: string } = {
  instant: "",
  timezone: "",
  dtm: "",
};

function write(instant: Instant, timezone: string): string {
  const ms = Date.parse(instant);
  const minutes = offsetMinutes(ms, timezone);
  const local = new Date(ms + minutes * 60_000).toISOString().slice(0, -1);
  const size = Math.abs(minutes);
  const sign = minutes < 0 ? "-" : "+";
  return formatDtm(`${local}${sign}${two(Math.floor(size / 60))}:${two(size % 60)}`);
}

function offsetMinutes(ms: number, timezone: string): number {
  const quarter = Math.floor(ms / quarterMs);
  let known = offsets.get(timezone);
  if (known === undefined || known.size > mostOffsets) {
    known = new Map();
    offsets.set(timezone, known);
  }
  let minutes = known.get(quarter);
  if (minutes === undefined) {
    minutes = lookUp(quarter * quarterMs, timezone);
    known.set(quarter, minutes);
  }
  return minutes;
}

function lookUp(ms: number, timezone: string): number {
  let format = formats.get(timezone);
  if (format === undefined) {
    const parts = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" } as const;
    format = new Intl.DateTimeFormat("en-US", { timeZone: timezone, hourCycle: "h23", ...parts });
    formats.set(timezone, format);
  }
  const part = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = part;
  return (Date.UTC(year, month - 1, day, hour, minute) - ms) / 60_000;
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}
