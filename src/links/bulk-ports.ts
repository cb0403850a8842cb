import { readdir, readFile, readlink, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type Port, type PortPlaces, usbIdentity } from "./ports.ts";

/** A USB interface that is spoken to by bulk transfers: it is no serial port and carries no HID reports. */
export interface BulkPort extends Port {
  /** The interface's class and subclass (bInterfaceClass): 0x08 storage, 0x0F personal healthcare, 0xFF the maker's own. */
  readonly usbClass: number;
  readonly usbSubclass: number;
}

export const storageClass = 0x08;

/**
 * The kernel's drivers that make room: they hold a disk, which a meter may look like. `usbfs` is a program such as this
 * one. Any other driver is in use, so its interface is none of ours.
 */
const yielding = ["usb-storage", "uas", "usbfs"];

/**
 * The USB interfaces with a bulk endpoint each way that no other driver of the kernel uses, in order of their names, read
 * from /sys: nothing is opened. The path is the device's node and the interface's number: `/dev/bus/usb/001/004:0`.
 */
export async function listBulkPorts(places: PortPlaces = { sys: "/sys", dev: "/dev" }): Promise<readonly BulkPort[]> {
  const devices = join(places.sys, "bus/usb/devices");
  const entries = (await readdir(devices).catch(() => [])).filter((name) => name.includes(":"));
  const ports = await Promise.all(entries.map((name) => describe(join(devices, name), places)));
  return ports
    .filter((port) => port !== undefined)
    .sort((a, b) => a.path.localeCompare(b.path, "en", { numeric: true }));
}

async function describe(entry: string, places: PortPlaces): Promise<BulkPort | undefined> {
  const folder = await realpath(entry).catch(() => undefined);
  if (folder === undefined) return undefined;
  const driver = await readlink(join(folder, "driver")).catch(() => undefined);
  if (driver !== undefined && !yielding.includes(basename(driver))) return undefined;
  if (!(await hasBulkBothWays(folder))) return undefined;
  const number = async (file: string, base: 10 | 16) =>
    Number.parseInt((await readFile(file, "utf8").catch(() => "")).trim(), base);
  const [usbClass, usbSubclass, face, bus, device] = await Promise.all([
    number(join(folder, "bInterfaceClass"), 16),
    number(join(folder, "bInterfaceSubClass"), 16),
    number(join(folder, "bInterfaceNumber"), 16),
    number(join(dirname(folder), "busnum"), 10),
    number(join(dirname(folder), "devnum"), 10),
  ]);
  const usb = await usbIdentity(folder);
  if (usb === undefined || [usbClass, usbSubclass, face, bus, device].some(Number.isNaN)) return undefined;
  const three = (n: number) => String(n).padStart(3, "0");
  const node = join(places.dev, "bus/usb", three(bus), three(device));
  return { path: `${node}:${face}`, names: [], usbClass, usbSubclass, usb };
}

async function hasBulkBothWays(folder: string): Promise<boolean> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.startsWith("ep_"));
  const ways = await Promise.all(
    names.map(async (name) => {
      const text = async (file: string) => (await readFile(join(folder, name, file), "utf8").catch(() => "")).trim();
      return (await text("type")) === "Bulk" ? text("direction") : "";
    }),
  );
  return ways.includes("in") && ways.includes("out");
}
