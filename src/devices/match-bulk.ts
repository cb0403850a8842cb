import type { Profile } from "../config/profile.ts";
import type { LinkConfig } from "../config/site.ts";
import { type BulkPort, storageClass } from "../links/bulk-ports.ts";
import type { Port } from "../links/ports.ts";
import { fitsUsb, isAt, type PlaceOfDevice } from "./port-identity.ts";

type WantedBulk = Extract<LinkConfig, { bulk: unknown }>["bulk"];

/** Whether a port is a USB interface that is spoken to by bulk transfers. */
export function isBulk(port: Port | BulkPort): port is BulkPort {
  return "usbClass" in port;
}

/**
 * The one USB interface that a link describes. Only one that the profile knows is ever claimed, by USB identity and by
 * class: an interface that looks right to the site alone may be somebody's disk.
 */
export function bulkPlaceOf(
  wanted: WantedBulk,
  ports: readonly BulkPort[],
  profile: Profile | undefined,
): PlaceOfDevice {
  const there = ports.filter((port) => fitsUsb(wanted, port) && (wanted.path === undefined || isAt(port, wanted.path)));
  const fit = profile === undefined ? there : there.filter((port) => readsBulk(profile, port));
  const [port] = fit;
  if (fit.length > 1) return { among: fit, problem: { code: "PORT_AMBIGUOUS", detail: apart(fit) } };
  if (port !== undefined) return { port };

  const identity = [wanted.vendor, wanted.product ?? "*", wanted.serial].filter((part) => part !== undefined).join(":");
  const where = wanted.path === undefined ? "" : ` at ${wanted.path}`;
  const [other] = there;
  if (other === undefined)
    return { problem: { code: "PORT_MISSING", detail: `no USB interface for bulk transfers is ${identity}${where}` } };
  const detail = `${other.path} (${other.usb?.vendor}:${other.usb?.product}, ${classText(other)}) is none that ${profile?.id} reads`;
  return { problem: { code: "PROFILE_UNDECIDED", detail } };
}

/** The profiles that read a USB interface: those that know its identity, or, where there is none, its class. */
export function recognisedBulk(port: BulkPort, profiles: readonly Profile[]): readonly Profile[] {
  const fit = profiles.filter((profile) => readsBulk(profile, port));
  const byIdentity = fit.filter((profile) => profile.match?.usb !== undefined);
  return byIdentity.length > 0 ? byIdentity : fit;
}

/** Whether it is worth telling of: nobody asked about a disk that no profile knows. */
export function isOfInterest(port: Port | BulkPort, profiles: readonly Profile[]): boolean {
  return !isBulk(port) || port.usbClass !== storageClass || recognisedBulk(port, profiles).length > 0;
}

/** The class of an interface, for people: `USB class 0xff`. */
export function classText({ usbClass }: BulkPort): string {
  return `USB class 0x${usbClass.toString(16).padStart(2, "0")}`;
}

function readsBulk({ match }: Profile, port: BulkPort): boolean {
  if (match?.bulk === undefined) return false;
  if (match.usb !== undefined && !match.usb.some((each) => fitsUsb(each, port))) return false;
  if (match.bulk === "any") return match.usb !== undefined;
  return match.bulk.some(
    (each) => each.class === port.usbClass && (each.subclass === undefined || each.subclass === port.usbSubclass),
  );
}

/** How to tell interfaces apart in the link. */
function apart(among: readonly BulkPort[]): string {
  const each = among.map(({ path, usb }) => `${path} (path ${usb?.socket || "unknown"})`);
  return `${each.join(" and ")}: give “path” or “serial” in the device's link`;
}
