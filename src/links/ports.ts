import { readdir, readFile, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** A port of this machine that an instrument is plugged into: a serial one, a HID interface, or another USB interface. */
export interface Port {
  /** The kernel's name, which may be another one after the next plugging in: `/dev/ttyUSB0`. */
  readonly path: string;
  /** Its lasting names: `/dev/serial/by-path/…` for the socket it is plugged into, `/dev/serial/by-id/…` for itself. */
  readonly names: readonly string[];
  readonly usb?: UsbIdentity;
}

export interface UsbIdentity {
  /** Four lower-case hex digits, like `product`. */
  readonly vendor: string;
  readonly product: string;
  readonly serial?: string;
  readonly maker?: string;
  readonly model?: string;
  /** The kernel's name of the socket it is plugged into: `1-1.4`. */
  readonly socket: string;
  /** Which of several ports of one adapter: interface and port number. */
  readonly branch: string;
}

/** Where ports are looked for; other places in tests. */
export interface PortPlaces {
  readonly sys: string;
  readonly dev: string;
}

/**
 * The serial ports that have hardware behind them, in order of their names. It reads /sys and /dev/serial itself, which
 * takes no process and no udev: cheap enough to look once a second for a port that is missing. Where there is no /sys
 * (a developer's machine) serialport's own list answers.
 */
export async function listPorts(places: PortPlaces = { sys: "/sys", dev: "/dev" }): Promise<readonly Port[]> {
  const ttys = await readdir(join(places.sys, "class/tty")).catch(() => undefined);
  if (ttys === undefined) return listElsewhere();
  const links = await lastingNames(places.dev);
  const ports = await Promise.all(ttys.map((tty) => describe(tty, places, links)));
  return ports
    .filter((port) => port !== undefined)
    .sort((a, b) => a.path.localeCompare(b.path, "en", { numeric: true }));
}

async function describe(
  tty: string,
  places: PortPlaces,
  links: ReadonlyMap<string, readonly string[]>,
): Promise<Port | undefined> {
  const entry = join(places.sys, "class/tty", tty);
  const device = await realpath(join(entry, "device")).catch(() => undefined);
  if (device === undefined) return undefined;
  // The kernel lists four 16550 ports whether or not they exist; type 0 is "unknown", none.
  if ((await attribute(entry, "type")) === "0") return undefined;
  const path = join(places.dev, tty);
  const usb = await usbIdentity(device);
  return { path, names: links.get(path) ?? [], ...(usb === undefined ? {} : { usb }) };
}

/** Looks upwards from the port's own folder for the USB device that it is part of. */
export async function usbIdentity(device: string): Promise<UsbIdentity | undefined> {
  const portNumber = (await attribute(device, "port_number")) ?? "0";
  let branch = portNumber;
  for (let folder = device; folder !== dirname(folder); folder = dirname(folder)) {
    const face = await attribute(folder, "bInterfaceNumber");
    if (face !== undefined) branch = `${face}.${portNumber}`;
    const vendor = await attribute(folder, "idVendor");
    const product = await attribute(folder, "idProduct");
    if (vendor === undefined || product === undefined) continue;
    const serial = await attribute(folder, "serial");
    const maker = await attribute(folder, "manufacturer");
    const model = await attribute(folder, "product");
    return {
      vendor,
      product,
      ...(serial === undefined ? {} : { serial }),
      ...(maker === undefined ? {} : { maker }),
      ...(model === undefined ? {} : { model }),
      socket: basename(folder),
      branch,
    };
  }
  return undefined;
}

async function attribute(folder: string, name: string): Promise<string | undefined> {
  const text = await readFile(join(folder, name), "utf8").catch(() => undefined);
  return text === undefined || text.trim() === "" ? undefined : text.trim();
}

/** udev's links, by the port that they lead to. */
export async function lastingNames(dev: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const names = new Map<string, string[]>();
  for (const folder of ["serial/by-path", "serial/by-id", "vitalwire"]) {
    for (const name of (await readdir(join(dev, folder)).catch(() => [])).sort()) {
      const link = join(dev, folder, name);
      const port = await realpath(link).catch(() => undefined);
      if (port !== undefined) names.set(port, [...(names.get(port) ?? []), link]);
    }
  }
  return names;
}

async function listElsewhere(): Promise<readonly Port[]> {
  const { SerialPort } = await import("serialport");
  const found = await SerialPort.list().catch(() => []);
  return found.map((port) => ({
    path: port.path,
    names: [],
    ...(port.vendorId === undefined || port.productId === undefined
      ? {}
      : {
          usb: {
            vendor: port.vendorId.toLowerCase(),
            product: port.productId.toLowerCase(),
            ...(port.serialNumber === undefined ? {} : { serial: port.serialNumber }),
            socket: port.locationId ?? "",
            branch: "0",
          },
        }),
  }));
}
