import { readdir, readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { type HidUsage, topUsages } from "./hid-descriptor.ts";
import { lastingNames, type Port, type PortPlaces, type UsbIdentity, usbIdentity } from "./ports.ts";

/** A HID interface of this machine: a port that carries reports. A device with several interfaces is several ports. */
export interface HidPort extends Port {
  /** What its top-level collections are for. */
  readonly usages: readonly HidUsage[];
}

/**
 * The HID interfaces that are there, in order of their names, read from /sys: no library is needed and nothing is
 * opened, so it is cheap enough to look once a second. None where there is no /sys/class/hidraw.
 */
export async function listHidPorts(places: PortPlaces = { sys: "/sys", dev: "/dev" }): Promise<readonly HidPort[]> {
  const nodes = await readdir(join(places.sys, "class/hidraw")).catch(() => []);
  if (nodes.length === 0) return [];
  const links = await lastingNames(places.dev);
  const ports = await Promise.all(
    nodes.map(async (node): Promise<HidPort | undefined> => {
      const device = await realpath(join(places.sys, "class/hidraw", node, "device")).catch(() => undefined);
      if (device === undefined) return undefined;
      const path = join(places.dev, node);
      const usb = (await usbIdentity(device)) ?? (await ownIdentity(device));
      return {
        path,
        names: links.get(path) ?? [],
        usages: await usagesOf(device),
        ...(usb === undefined ? {} : { usb }),
      };
    }),
  );
  return ports
    .filter((port) => port !== undefined)
    .sort((a, b) => a.path.localeCompare(b.path, "en", { numeric: true }));
}

async function usagesOf(device: string): Promise<readonly HidUsage[]> {
  const descriptor = await readFile(join(device, "report_descriptor")).catch(() => undefined);
  return descriptor === undefined ? [] : topUsages(descriptor);
}

/** What the kernel says of a HID device that has no USB device above it (made by a program, or on another bus). */
async function ownIdentity(device: string): Promise<UsbIdentity | undefined> {
  const uevent = await readFile(join(device, "uevent"), "utf8").catch(() => "");
  const value = (key: string) => new RegExp(`^${key}=(.+)$`, "m").exec(uevent)?.[1];
  const id = /^[0-9A-F]+:([0-9A-F]{8}):([0-9A-F]{8})$/i.exec(value("HID_ID") ?? "");
  if (id === null) return undefined;
  const [, vendor = "", product = ""] = id;
  const serial = value("HID_UNIQ");
  const model = value("HID_NAME");
  return {
    vendor: vendor.slice(-4).toLowerCase(),
    product: product.slice(-4).toLowerCase(),
    ...(serial === undefined ? {} : { serial }),
    ...(model === undefined ? {} : { model }),
    socket: value("HID_PHYS") ?? "",
    branch: "0",
  };
}
