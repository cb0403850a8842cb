import type { DeviceTime, Instant } from "../model/times.ts";

/**
 * The instrument's clock minus the host's, both read as wall clocks of the instrument's zone, in milliseconds; positive
 * when the instrument is ahead. An instrument that missed the change to summer time is an hour behind. One that writes
 * its offset is compared by that, whatever the zone. Nothing for a time that is none.
 *
 * @param zone IANA name.
 */
export function skewOf({ local, offset }: DeviceTime, host: Instant, zone: string): number | undefined {
  const shown = Date.parse(`${local}${offset ?? "Z"}`);
  if (local === undefined || Number.isNaN(shown)) return undefined;
  return shown - (offset === undefined ? wallOf(new Date(host), zone) : Date.parse(host));
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
