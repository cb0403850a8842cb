import { kernelNameOf } from "../config/kernel-name.ts";
import type { Profile } from "../config/profile.ts";
import type { Device } from "../config/site.ts";
import type { AnyPort } from "../links/all-ports.ts";
import type { BulkPort } from "../links/bulk-ports.ts";
import type { HidPort } from "../links/hid-ports.ts";
import type { Port } from "../links/ports.ts";
import type { Problem } from "../model/problem.ts";
import { bulkPlaceOf, classText, isBulk, isOfInterest, recognisedBulk } from "./match-bulk.ts";
import { hidPlaceOf, isHid, recognisedHid, usagesText } from "./match-hid.ts";
import { fitsUsb, isAt, isCalled, type PlaceOfDevice, sharersOf } from "./port-identity.ts";

/** Where one device is and what reads it, or why that is not clear. `path` is absent where the link is no port. */
export type Assignment =
  | { readonly ok: true; readonly device: Device; readonly profile: Profile; readonly path?: string }
  | { readonly ok: false; readonly device: Device; readonly problem: Problem };

/** What became of one port: the device it is used for, or why it is used for none. */
interface PortUse {
  readonly port: Port;
  readonly device?: string;
  readonly why: string;
  /** Profiles that recognise it by its USB identity. */
  readonly profiles: readonly string[];
}

export interface Matched {
  readonly assignments: readonly Assignment[];
  /** Of the ports, in the order given; disks that no profile knows are left out. */
  readonly ports: readonly PortUse[];
}

/**
 * Which port is which device. Nothing is guessed: where two ports fit one device, or two devices one port, none is
 * opened, for a reading taken from the wrong one would go to the wrong room and so to the wrong patient. Only a port
 * that one device names by its path is no candidate for those that are found by their USB identity; where that name is the
 * kernel's, which may pass to another room's port, not for those of its own room.
 *
 * @param ports the serial ports, the HID interfaces and the USB interfaces for bulk transfers; a link of one kind never
 * leads to a port of another.
 */
export function match(
  devices: readonly Device[],
  ports: readonly AnyPort[],
  profiles: ReadonlyMap<string, Profile>,
): Matched {
  const hid = ports.filter(isHid);
  const bulk = ports.filter(isBulk);
  const serial = ports.filter((port) => !isHid(port) && !isBulk(port));
  const named = namedByPath(devices, serial);
  const places = new Map(devices.map((device) => [device.id, placeOf(device, { serial, hid, bulk }, named, profiles)]));

  const assignments = devices.map((device): Assignment => {
    const place = places.get(device.id) ?? {};
    if (place.problem !== undefined) return { ok: false, device, problem: place.problem };
    const { port } = place;
    const rivals = [...places].filter(([id, other]) => {
      if (id === device.id || port === undefined) return false;
      // It may be there under this name for the moment, and the other's in truth.
      const maybe = kernelNameOf(device.link) !== undefined && other.among?.includes(port) === true;
      return other.port === port || maybe;
    });
    if (port !== undefined && rivals.length > 0) {
      const detail = `${port.path} fits ${[device.id, ...rivals.map(([id]) => id)].sort().join(" and ")}`;
      return { ok: false, device, problem: { code: "PORT_AMBIGUOUS", detail } };
    }
    const profile = profileOf(device, port, profiles);
    if ("problem" in profile) return { ok: false, device, problem: profile.problem };
    const path = place.path ?? port?.path;
    return { ok: true, device, profile: profile.profile, ...(path === undefined ? {} : { path }) };
  });

  const interesting = ports.filter((port) => isOfInterest(port, [...profiles.values()]));
  const uses = interesting.map((port) => {
    const fits = [...places].filter(([, place]) => place.port === port || place.among?.includes(port));
    return useOf(
      port,
      assignments.filter((assignment) => fits.some(([id]) => id === assignment.device.id)),
      profiles,
    );
  });
  return { assignments, ports: uses };
}

/** The ports that devices name by path, each with the first such device. A name that may mean another port names none. */
function namedByPath(devices: readonly Device[], ports: readonly Port[]): ReadonlyMap<Port, Device> {
  const named = new Map<Port, Device>();
  for (const device of devices) {
    if (!("serial" in device.link)) continue;
    const { path } = device.link.serial;
    const port = ports.find((p) => isCalled(p, path));
    if (port === undefined || sharersOf(path, port, ports).length > 0) continue;
    if (!named.has(port)) named.set(port, device);
  }
  return named;
}

function placeOf(
  device: Device,
  ports: { readonly serial: readonly Port[]; readonly hid: readonly HidPort[]; readonly bulk: readonly BulkPort[] },
  named: ReadonlyMap<Port, Device>,
  profiles: ReadonlyMap<string, Profile>,
): PlaceOfDevice {
  if ("serial" in device.link) {
    const { path } = device.link.serial;
    const port = ports.serial.find((p) => isCalled(p, path));
    if (port === undefined) return { path };
    const sharers = sharersOf(path, port, ports.serial);
    return sharers.length > 0 ? unclear([port, ...sharers]) : { port, path };
  }
  if ("usb" in device.link) {
    const wanted = device.link.usb;
    const fit = ports.serial.filter(
      (port) => fitsUsb(wanted, port) && (wanted.path === undefined || isAt(port, wanted.path)),
    );
    const free = fit.filter((port) => !isTakenFrom(device, named.get(port)));
    const [port] = free;
    if (free.length > 1) return unclear(free);
    const sharers = port === undefined ? [] : sharersOf(wanted.path ?? "", port, ports.serial);
    if (port !== undefined) return sharers.length > 0 ? unclear([port, ...sharers]) : { port };
    const identity = [wanted.vendor, wanted.product ?? "*", wanted.serial]
      .filter((part) => part !== undefined)
      .join(":");
    const where = wanted.path === undefined ? "" : ` at ${wanted.path}`;
    const taken = fit.map((p) => `${p.path} is ${named.get(p)?.id}`).join(", ");
    const detail = `no ${taken === "" ? "" : "other "}port has the USB identity ${identity}${where}${taken && `; ${taken}`}`;
    return { problem: { code: "PORT_MISSING", detail } };
  }
  if ("hid" in device.link) return hidPlaceOf(device.link.hid, ports.hid, profiles.get(device.profile ?? ""));
  if ("bulk" in device.link) return bulkPlaceOf(device.link.bulk, ports.bulk, profiles.get(device.profile ?? ""));
  return {};
}

/** Whether a device that is found by its USB identity leaves a port to the one that names it by path. */
function isTakenFrom(device: Device, named: Device | undefined): boolean {
  return named !== undefined && (named.place === device.place || kernelNameOf(named.link) === undefined);
}

function unclear(ports: readonly Port[]): PlaceOfDevice {
  const among = ports.toSorted((a, b) => a.path.localeCompare(b.path, "en", { numeric: true }));
  return { among, problem: { code: "PORT_AMBIGUOUS", detail: among.map((port) => port.path).join(" and ") } };
}

function profileOf(
  device: Device,
  port: Port | undefined,
  profiles: ReadonlyMap<string, Profile>,
): { readonly profile: Profile } | { readonly problem: Problem } {
  if (device.profile !== undefined) {
    const profile = profiles.get(device.profile);
    return profile === undefined ? undecided(`there is no profile ${device.profile}`) : { profile };
  }
  if (port === undefined && "serial" in device.link) {
    return { problem: { code: "PORT_MISSING", detail: device.link.serial.path } };
  }
  const [first, ...others] = port === undefined ? [] : recognised(port, profiles);
  if (first === undefined) return undecided(port === undefined ? "none is named" : `none recognises ${port.path}`);
  if (others.length === 0) return { profile: first };
  return undecided(`${[first, ...others].map((profile) => profile.id).join(" and ")} recognise it`);
}

function undecided(detail: string): { readonly problem: Problem } {
  return { problem: { code: "PROFILE_UNDECIDED", detail } };
}

function recognised(port: AnyPort, profiles: ReadonlyMap<string, Profile>): readonly Profile[] {
  if (isHid(port)) return recognisedHid(port, [...profiles.values()]);
  if (isBulk(port)) return recognisedBulk(port, [...profiles.values()]);
  return [...profiles.values()].filter(
    ({ match: by }) =>
      by?.hid === undefined && by?.bulk === undefined && (by?.usb?.some((usb) => fitsUsb(usb, port)) ?? false),
  );
}

function useOf(port: Port, fits: readonly Assignment[], profiles: ReadonlyMap<string, Profile>): PortUse {
  const fitting = recognised(port, profiles).map((profile) => profile.id);
  const [first, ...others] = fits;
  if (first === undefined) return { port, why: unclaimed(port, fitting), profiles: fitting };
  const owner = fits.find((assignment) => assignment.ok);
  if (owner !== undefined) {
    const { id, link } = owner.device;
    const fleeting =
      kernelNameOf(link) === undefined ? "" : `, by a name that may be another port's next time${lasting(port)}`;
    return { port, device: id, why: `it is ${id}${fleeting}`, profiles: fitting };
  }
  if (others.length > 0) {
    return { port, why: `it fits ${fits.map((fit) => fit.device.id).join(" and ")}`, profiles: fitting };
  }
  const reason = first.ok ? "" : ` (${first.problem.code}: ${first.problem.detail ?? ""})`;
  return { port, why: `it fits ${first.device.id}, which is not opened${reason}`, profiles: fitting };
}

function lasting({ names: [name] }: Port): string {
  return name === undefined ? "" : `; ${name} stays`;
}

function unclaimed(port: Port, fitting: readonly string[]): string {
  if (fitting.length > 0)
    return `no device of the configuration names it; it could be read with ${fitting.join(" or ")}`;
  if (port.usb === undefined) return "no device of the configuration names it, and it has no USB identity";
  const usage = isHid(port) ? usagesText(port) : isBulk(port) ? classText(port) : "";
  return `no device of the configuration names it, and no profile knows ${port.usb.vendor}:${port.usb.product}${usage && ` (${usage})`}`;
}
