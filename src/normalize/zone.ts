/**
 * Wall-clock times of a zone and instants, by the IANA rules that the runtime knows. Pure: zones' rules are tables.
 * Instants are milliseconds since 1970 UTC; a wall time is given as the milliseconds it would have if it were UTC.
 */

/** What a wall time stands for: one instant, two (the hour that autumn repeats), or none (the hour that spring skips). */
export type Zoned =
  | { readonly kind: "unique"; readonly instant: number }
  | { readonly kind: "ambiguous"; readonly earlier: number; readonly later: number }
  /** `instant` is what the clock meant that had not been put forward. */
  | { readonly kind: "skipped"; readonly instant: number };

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** The instants that a wall time of a zone stands for. */
export function zonedToInstant(wallMs: number, zone: string): Zoned {
  // No zone is more than a day from UTC, and no two changes of one zone are within two days.
  const before = offsetAt(wallMs - dayMs, zone);
  const after = offsetAt(wallMs + dayMs, zone);
  const byBefore = wallMs - before;
  if (before === after) return { kind: "unique", instant: byBefore };
  const byAfter = wallMs - after;
  const beforeHolds = offsetAt(byBefore, zone) === before;
  const afterHolds = offsetAt(byAfter, zone) === after;
  if (beforeHolds && afterHolds) return { kind: "ambiguous", earlier: byBefore, later: byAfter };
  if (beforeHolds) return { kind: "unique", instant: byBefore };
  if (afterHolds) return { kind: "unique", instant: byAfter };
  return { kind: "skipped", instant: byBefore };
}

/** The wall time that a zone's clocks show at an instant. */
export const wallTimeAt = (instant: number, zone: string): number => instant + offsetAt(instant, zone);

/** A change of a zone's offset: daylight saving begins or ends. Offsets in milliseconds east of UTC. */
export interface Transition {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

/** The latest change of offset within `withinMs` before an instant, if there was one. */
export function transitionBefore(instant: number, withinMs: number, zone: string): Transition | undefined {
  const after = offsetAt(instant, zone);
  let changed = instant;
  while (offsetAt(changed, zone) === after) {
    changed -= dayMs;
    if (changed < instant - withinMs - dayMs) return undefined;
  }
  // The change lies in (changed, changed + 1 day]: halve to the minute.
  let low = Math.floor(changed / minuteMs);
  let high = low + dayMs / minuteMs;
  const before = offsetAt(changed, zone);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle * minuteMs, zone) === before) low = middle;
    else high = middle;
  }
  const at = high * minuteMs;
  return instant - at <= withinMs ? { at, before, after } : undefined;
}

const quarterMs = 15 * minuteMs;

/**
 * Milliseconds that a zone is east of UTC at an instant. Zones change their offset on quarter hours alone, and never
 * twice within a day.
 */
export function offsetAt(instant: number, zone: string): number {
  const day = Math.floor(instant / dayMs) * dayMs;
  const atStart = offsetFrom(day, zone);
  if (atStart === offsetFrom(day + dayMs, zone)) return atStart;
  return offsetFrom(Math.floor(instant / quarterMs) * quarterMs, zone);
}

/** Asking Intl costs tens of microseconds, and a memory download asks for the same days again: remembered. */
const rememberedMost = 20_000;
const remembered = new Map<string, { readonly format: Intl.DateTimeFormat; readonly offsets: Map<number, number> }>();

function offsetFrom(instant: number, zone: string): number {
  let known = remembered.get(zone);
  if (known === undefined) {
    known = { format: formatOf(zone), offsets: new Map() };
    remembered.set(zone, known);
  }
  let offset = known.offsets.get(instant);
  if (offset === undefined) {
    if (known.offsets.size >= rememberedMost) known.offsets.clear();
    offset = wallOf(known.format, instant) - instant;
    known.offsets.set(instant, offset);
  }
  return offset;
}

const formatOf = (zone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });

function wallOf(format: Intl.DateTimeFormat, instant: number): number {
  const part: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of format.formatToParts(instant)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
