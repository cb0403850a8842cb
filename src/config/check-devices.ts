import type { DriverFacts } from "./check-vocabulary.ts";
import { kernelNameOf } from "./kernel-name.ts";
import { nearest } from "./nearest.ts";
import type { Profile } from "./profile.ts";
import { type Locate, mistake, note, type Path, type Remark } from "./remark.ts";
import type { Resolved } from "./resolve.ts";
import type { Device, LinkConfig, Site } from "./site.ts";

/** The profiles that devices may name. */
export interface Known extends Pick<Resolved, "profiles" | "broken"> {
  /** By driver. */
  readonly facts: ReadonlyMap<string, DriverFacts>;
}

/** References of devices, their line settings, and ports that two of them claim. */
export function checkDevices(site: Site, known: Known, locate: Locate): readonly Remark[] {
  const places = site.places.map((p) => p.id);
  return site.devices.flatMap((device, i) => {
    const path: Path = ["devices", i];
    const remarks: Remark[] = [];
    if (!places.includes(device.place))
      remarks.push(mistake(locate, [...path, "place"], unknown("place", device.place, places)));
    remarks.push(...checkProfile(device, path, known, locate), ...checkLink(device.link, path, locate));
    remarks.push(...checkName(device, site.devices, path, locate));
    for (const [j, other] of site.devices.slice(0, i).entries()) {
      const shared = sharedPort(device.link, other.link);
      if (shared === undefined) continue;
      const text = `${shared} is that of the device in line ${locate(["devices", j]).line} too; one port is one device.`;
      remarks.push(mistake(locate, [...path, "link"], text));
      break;
    }
    return remarks;
  });
}

function checkProfile(
  device: Device,
  path: Path,
  { profiles, broken, facts }: Known,
  locate: Locate,
): readonly Remark[] {
  const { link } = device;
  if (device.profile === undefined) {
    if ("serial" in link) return []; // whether the port has a USB identity shows when it is there
    const wanted = identityOf(link);
    if (wanted === undefined) {
      const text = "“profile” is missing: only an instrument on USB can be recognised by itself.";
      return [mistake(locate, path, text)];
    }
    // A HID interface may also be recognised by its usage page, which shows when it is there.
    if ("hid" in link) return [];
    const { vendor, product } = wanted;
    const fits = [...profiles.values()].filter(
      ({ profile }) => "bulk" in link === isBulk(profile) && matches(profile, vendor, product),
    );
    if (fits.length === 1) return fits[0] ? evidence(device, fits[0].profile, path, locate) : [];
    const names = fits.map((f) => f.profile.id).join(", ");
    const text =
      fits.length === 0 ? "No profile has this USB identity" : `Several profiles have this USB identity (${names})`;
    return [mistake(locate, path, `${text}; give “profile”.`)];
  }
  const found = profiles.get(device.profile)?.profile;
  if (found === undefined && broken.has(device.profile)) return [];
  if (found === undefined)
    return [mistake(locate, [...path, "profile"], unknown("profile", device.profile, profiles.keys()))];
  const lacking = facts.get(found.driver)?.lacks(found.options) ?? [];
  const remarks =
    lacking.length > 0 ? [unread(found, lacking, path, locate)] : [...evidence(device, found, path, locate)];
  if ("serial" in link && (link.serial.baudRate ?? found.serial?.baudRate) === undefined) {
    const text = `“baudRate” is missing, and the profile “${found.id}” gives none.`;
    remarks.push(mistake(locate, [...path, "link", "serial"], text));
  }
  const wrong = wrongTransport(link, found, facts.get(found.driver)?.input);
  if (wrong !== undefined) remarks.push(mistake(locate, [...path, "link"], wrong));
  return remarks;
}

/** Why a profile does not go with a link, as to serial ports, HID reports and bulk transfers. */
function wrongTransport(
  link: LinkConfig,
  profile: Profile,
  input: DriverFacts["input"] | undefined,
): string | undefined {
  if (input === "reports" && !("hid" in link || "file" in link))
    return `“${profile.id}” reads HID reports, which come by a “hid” link alone.`;
  if (input === "stream" && "hid" in link)
    return `“${profile.id}” does not read HID reports, and a “hid” link brings nothing else.`;
  if ("usb" in link && isBulk(profile) && profile.serial === undefined)
    return `“${profile.id}” reads no serial port: write “bulk” in place of “usb”.`;
  if (!("bulk" in link)) return undefined;
  if (!isBulk(profile)) return `“${profile.id}” is not read by bulk transfers.`;
  const { vendor, product } = link.bulk;
  if (profile.match?.usb === undefined || matches(profile, vendor, product)) return undefined;
  return `“${profile.id}” does not know this USB identity; no other device is opened for it.`;
}

function isBulk(profile: Profile): boolean {
  return profile.match?.bulk !== undefined;
}

function matches(profile: Profile, vendor: string, product: string | undefined): boolean {
  const same = (a: string | undefined, b: string | undefined) => a === undefined || b === undefined || a === b;
  return profile.match?.usb?.some((usb) => usb.vendor === vendor && same(usb.product, product)) ?? false;
}

function unread({ id, driver }: Profile, lacking: readonly string[], path: Path, locate: Locate): Remark {
  const text = `With “${id}” nothing is read: it says nothing of ${lacking.join(", ")}. Write a profile of your own that does; the README of the driver “${driver}” shows how to find them out.`;
  return note(locate, [...path, "profile"], text);
}

function evidence(device: Device, profile: Profile, path: Path, locate: Locate): readonly Remark[] {
  // A scanner has no readings to hold.
  if (profile.evidence !== "manual" || device.allowUnproven || profile.kind === "scanner") return [];
  const text = `“${profile.id}” rests on a manual alone, so its readings are held until someone looks at them. After trying it on the instrument, say “allowUnproven: true”.`;
  return [note(locate, [...path, "profile"], text)];
}

function checkLink(link: LinkConfig, path: Path, locate: Locate): readonly Remark[] {
  if ("serial" in link && !link.serial.path.startsWith("/")) {
    const meant = /^(tty|serial\/)/.test(link.serial.path)
      ? `Did you mean “/dev/${link.serial.path}”?`
      : "“vitalwire devices” shows the ports that there are.";
    const text = `“${link.serial.path}” is no whole path: a port's begins with /. ${meant}`;
    return [mistake(locate, [...path, "link", "serial", "path"], text)];
  }
  if (!("listen" in link)) return [];
  const { address, from } = link.listen;
  const local = address === "127.0.0.1" || address === "::1" || address === "localhost";
  if (local || from !== undefined) return [];
  const text = "Whoever reaches this port is taken for this device; name the instrument's address with “from”.";
  return [note(locate, [...path, "link", "listen"], text)];
}

/**
 * Whether a port has a name that may pass to another. In one room that is worth a note; where another room has such a name
 * too, the two may change places unseen, and each patient gets the other's readings.
 */
function checkName(device: Device, all: readonly Device[], path: Path, locate: Locate): readonly Remark[] {
  const named = kernelNameOf(device.link);
  if (named === undefined) return [];
  const at = [...path, "link", ...Object.keys(device.link), "path"];
  const todo = "Name the port by its socket (/dev/vitalwire/path-…), which vitalwire devices shows.";
  const rival = all.find(({ place, link }) => place !== device.place && kernelNameOf(link)?.family === named.family);
  if (rival === undefined) {
    const text = `“${named.name}” is the kernel's name, and may be another port after the next plugging in. ${todo}`;
    return [note(locate, at, text)];
  }
  const other = `“${kernelNameOf(rival.link)?.name}” of “${rival.id}” in ${rival.place}`;
  const text = `“${named.name}” and ${other} are the kernel's names, and may change places with the next plugging in: each room would get the other's readings. ${todo}`;
  return [mistake(locate, at, text)];
}

/** What two links have in common that only one of them can have, in words. */
function sharedPort(a: LinkConfig, b: LinkConfig): string | undefined {
  if ("serial" in a && "serial" in b && a.serial.path === b.serial.path) return `The port ${a.serial.path}`;
  if ("file" in a && "file" in b && a.file.path === b.file.path) return `The file ${a.file.path}`;
  if ("tcp" in a && "tcp" in b && a.tcp.host === b.tcp.host && a.tcp.port === b.tcp.port)
    return `The address ${a.tcp.host}:${a.tcp.port}`;
  if ("listen" in a && "listen" in b && a.listen.port === b.listen.port) {
    const apart = a.listen.from !== undefined && b.listen.from !== undefined && a.listen.from !== b.listen.from;
    return apart ? undefined : `The listening port ${a.listen.port}`;
  }
  if (("usb" in a && "usb" in b) || ("hid" in a && "hid" in b) || ("bulk" in a && "bulk" in b)) {
    const [x, y] = [identityOf(a), identityOf(b)];
    const same = (key: "vendor" | "product" | "serial" | "path" | "usagePage") =>
      x?.[key] === undefined || y?.[key] === undefined || x[key] === y[key];
    if (same("vendor") && same("product") && same("serial") && same("path") && same("usagePage"))
      return "This USB identity, as far as it is given,";
  }
  return undefined;
}

/** What a link says of the USB device that it leads to, where it names one. */
function identityOf(
  link: LinkConfig,
): (Partial<Extract<LinkConfig, { hid: unknown }>["hid"]> & { vendor: string }) | undefined {
  if ("usb" in link) return link.usb;
  if ("bulk" in link) return link.bulk;
  return "hid" in link ? link.hid : undefined;
}

function unknown(what: string, name: string, known: Iterable<string>): string {
  const all = [...known];
  const meant = nearest(name, all);
  const few = all.length > 0 && all.length <= 8 ? ` There are ${all.join(", ")}.` : "";
  return `There is no ${what} “${name}”.${meant === undefined ? few : ` Did you mean “${meant}”?`}`;
}
