import type { Profile } from "../config/profile.ts";
import type { LinkConfig } from "../config/site.ts";
import type { HidPort } from "../links/hid-ports.ts";
import type { Port } from "../links/ports.ts";
import { fitsUsb, isAt, type PlaceOfDevice, sharersOf } from "./port-identity.ts";

type WantedHid = Extract<LinkConfig, { hid: unknown }>["hid"];

/** Whether a port carries HID reports; others carry bytes. */
export function isHid(port: Port | HidPort): port is HidPort {
  return "usages" in port;
}

/**
 * The one HID interface that a link describes. Where the link gives no usage page, the profile's choose among the
 * interfaces of one device (a scanner often is a keyboard too).
 */
export function hidPlaceOf(wanted: WantedHid, ports: readonly HidPort[], profile: Profile | undefined): PlaceOfDevice {
  const there = ports.filter((port) => fitsUsb(wanted, port) && (wanted.path === undefined || isAt(port, wanted.path)));
  const fit = there.filter((port) =>
    wanted.usagePage === undefined
      ? profile?.match?.hid === undefined || hasUsageOf(profile, port)
      : port.usages.some(({ usagePage }) => usagePage === wanted.usagePage),
  );
  const [port] = fit;
  const sharers = port === undefined ? [] : sharersOf(wanted.path ?? "", port, ports);
  const among = [...fit, ...sharers];
  if (among.length > 1) return { among, problem: { code: "PORT_AMBIGUOUS", detail: apart(among) } };
  if (port !== undefined) return { port };

  const identity = [wanted.vendor, wanted.product ?? "*", wanted.serial].filter((part) => part !== undefined).join(":");
  const where = wanted.path === undefined ? "" : ` at ${wanted.path}`;
  if (there.length === 0)
    return { problem: { code: "PORT_MISSING", detail: `no HID interface has the USB identity ${identity}${where}` } };
  const others = there.map((other) => `${other.path} is ${usagesText(other)}`).join(", ");
  const kind =
    wanted.usagePage === undefined ? `of a kind that ${profile?.id} reads` : `of usage page ${hex(wanted.usagePage)}`;
  const detail = `no HID interface of ${identity}${where} is ${kind}; ${others}. It may be set to another USB mode`;
  return { problem: { code: "PORT_MISSING", detail } };
}

/**
 * The profiles that read a HID interface: those that know its USB identity, or, where there is none, those that know
 * its kind by the usage alone. Profiles with line settings are for the serial port of the same adapter.
 */
export function recognisedHid(port: HidPort, profiles: readonly Profile[]): readonly Profile[] {
  const fit = profiles.filter((profile) => {
    const { usb, hid, bulk } = profile.match ?? {};
    if (profile.serial !== undefined || bulk !== undefined || (usb === undefined && hid === undefined)) return false;
    if (usb !== undefined && !usb.some((each) => fitsUsb(each, port))) return false;
    return hid === undefined || hasUsageOf(profile, port);
  });
  const byIdentity = fit.filter((profile) => profile.match?.usb !== undefined);
  return byIdentity.length > 0 ? byIdentity : fit;
}

/** The usages of an interface, for people: `usagePage 0x8c, usage 0x2`. */
export function usagesText({ usages }: HidPort): string {
  if (usages.length === 0) return "of unknown usage";
  return usages.map(({ usagePage, usage }) => `usagePage ${hex(usagePage)}, usage ${hex(usage)}`).join(" and ");
}

function hasUsageOf(profile: Profile, port: HidPort): boolean {
  return (profile.match?.hid ?? []).some((wanted) =>
    port.usages.some(
      ({ usagePage, usage }) =>
        usagePage === wanted.usagePage && (wanted.usage === undefined || usage === wanted.usage),
    ),
  );
}

/** How to tell interfaces apart in the link: by port path, and where that is one, by usage page. */
function apart(among: readonly HidPort[]): string {
  const each = among.map((port) => `${port.path} (path ${port.usb?.socket || "unknown"}, ${usagesText(port)})`);
  const sockets = new Set(among.map((port) => port.usb?.socket));
  const key = sockets.size > 1 ? "path" : "usagePage";
  return `${each.join(" and ")}: give “${key}” in the device's link`;
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
