import type { Finding } from "../driver-kit/contract.ts";
import type { DeviceReference } from "../model/device.ts";
import type { HostTime } from "../model/times.ts";

/**
 * The same text for the same result of the same instrument, however often it is read. It names the instrument by its
 * serial number, so that a meter plugged in elsewhere makes no second copy, and the driver without its version, so
 * that an update makes none either. A result that carries neither a time nor a record number is the same for a day. A finding without an identity is a new reading each time: its key is its id.
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
    // Without a time in it, an equal result of another day is another result and not the same one sent again.
    ...(finding.deviceTime === undefined && finding.record === undefined ? [received.wall.slice(0, 10)] : []),
  ]);
}
