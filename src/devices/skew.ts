import type { Instant, LocalTime } from "../model/times.ts";

/**
 * The instrument's clock minus the host's, both read as wall clocks of the instrument's zone, in milliseconds; positive
 * when the instrument is ahead. An instrument that missed the change to summer time is an hour behind.
 *
 * @param zone IANA name.
 */
export function skewOf(device: LocalTime, host: Instant, zone: string): number | undefined {
  const shown = Date.parse(`${device}Z`);
  if (Number.isNaN(shown)) return undefined;
  return shown - wallOf(new Date(host), zone);
}

/** What a clock on the wall of this zone shows, counted as if it were UTC. */
function wallOf(at: Date, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-US-u-ca-iso8601", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }).formatToParts(at);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return (
    Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second")) + at.getUTCMilliseconds()
  );
}
