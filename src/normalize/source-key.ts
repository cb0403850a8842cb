import type { Finding } from "../driver-kit/contract.ts";
import type { DeviceReference } from "../model/device.ts";
import type { HostTime } from "../model/times.ts";

/**
 * The same text for the same result of the same instrument, however often it is read. It names the instrument by its
 * serial number, so that a meter plugged in elsewhere makes no second copy, and the driver without its version, so
 * that an update makes none either. A finding without an identity is a new reading each time: its key is its id. A result
 * that carries neither a moment nor a record number has a key of its day, and an equal one may be the same or another:
 * see `dayBefore`.
 */
export function sourceKeyOf(finding: Finding, device: DeviceReference, received: HostTime, id: string): string {
  if (finding.identity === undefined) return `id:${id}`;
  const { value } = finding;
  return JSON.stringify([
    device.driver.split("@")[0],
    device.serial === undefined ? ["device", device.device] : ["serial", device.model ?? "", device.serial],
    finding.channel,
    finding.identity,
    value.kind,
    value.kind === "number" ? (value.bound ?? "") : "",
    value.text ?? "",
    finding.unit ?? "",
    // Without a time in it, an equal result of days later is another result and not the same one sent again.
    ...(mayRecur(finding) ? [received.wall.slice(0, 10)] : []),
  ]);
}

function mayRecur({ deviceTime, record, mayRecur: told }: Finding): boolean {
  return told ?? (deviceTime === undefined && record === undefined);
}

/**
 * For the key of a result that nothing but its content tells from an equal one: the key that it would have had the day
 * before. Such a result may be one that is stored, sent again, or another patient's. Undefined for every other key.
 */
export function dayBefore(sourceKey: string): string | undefined {
  if (!sourceKey.endsWith('"]')) return undefined;
  const [end, day] = /,"(\d{4}-\d{2}-\d{2})"\]$/.exec(sourceKey) ?? [];
  const at = day === undefined ? Number.NaN : Date.parse(day);
  if (end === undefined || Number.isNaN(at)) return undefined;
  const before = new Date(at - 86_400_000).toISOString().slice(0, 10);
  return `${sourceKey.slice(0, -end.length)},"${before}"]`;
}
