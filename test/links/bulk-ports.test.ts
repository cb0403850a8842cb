import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listBulkPorts } from "../../src/links/bulk-ports.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "vitalwire-bulk-"));
  await mkdir(join(root, "sys/bus/usb/devices"), { recursive: true });
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function files(folder: string, contents: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(contents)) {
    const path = join(root, folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `${content}\n`);
  }
}

interface Face {
  readonly class?: string;
  readonly number?: string;
  readonly driver?: string;
  readonly endpoints?: readonly (readonly [string, string])[];
}

const bothWays = [
  ["Bulk", "in"],
  ["Bulk", "out"],
] as const;

/** A USB device in this socket, with one interface. */
async function device(socket: string, { class: of = "ff", number = "00", driver, endpoints = bothWays }: Face = {}) {
  const folder = `sys/devices/usb1/${socket}`;
  const face = `${folder}/${socket}:1.${Number(number)}`;
  await files(folder, { idVendor: "173a", idProduct: "21d5", serial: "0042", busnum: "1", devnum: "12" });
  await files(face, { bInterfaceClass: of, bInterfaceSubClass: "00", bInterfaceNumber: number });
  for (const [i, [type, direction]] of endpoints.entries()) await files(`${face}/ep_0${i}`, { type, direction });
  if (driver !== undefined) {
    await mkdir(join(root, "sys/bus/usb/drivers", driver), { recursive: true });
    await symlink(join(root, "sys/bus/usb/drivers", driver), join(root, face, "driver"));
  }
  await symlink(join(root, face), join(root, "sys/bus/usb/devices", `${socket}:1.${Number(number)}`));
}

const list = () => listBulkPorts({ sys: join(root, "sys"), dev: "/dev" });

test("an interface with bulk endpoints both ways is listed: node and interface, identity, socket, class", async () => {
  await device("1-1.2");
  await symlink(join(root, "sys/devices/usb1/1-1.2"), join(root, "sys/bus/usb/devices/1-1.2"));
  expect(await list()).toEqual([
    {
      path: "/dev/bus/usb/001/012:0",
      names: [],
      usbClass: 0xff,
      usbSubclass: 0,
      usb: { vendor: "173a", product: "21d5", serial: "0042", socket: "1-1.2", branch: "00.0" },
    },
  ]);
});

test("what a driver of the kernel uses is left out, but for a disk's, which makes room", async () => {
  await device("1-1", { driver: "ftdi_sio" });
  await device("1-2", { driver: "cdc_acm", number: "01" });
  await device("1-3", { driver: "usb-storage", class: "08" });
  await device("1-4", { driver: "usbfs" });
  expect((await list()).map(({ usb, usbClass }) => [usb?.socket, usbClass])).toEqual([
    ["1-3", 0x08],
    ["1-4", 0xff],
  ]);
});

test("an interface without bulk endpoints each way, or that vanishes, is none", async () => {
  await device("1-1", { endpoints: [["Bulk", "in"]] });
  await device("1-2", { endpoints: [["Interrupt", "in"]] });
  await symlink(join(root, "sys/devices/gone"), join(root, "sys/bus/usb/devices/1-9:1.0"));
  expect(await list()).toEqual([]);
});

test("the USB interfaces of this machine can be listed", async () => {
  for (const port of await listBulkPorts()) expect(port.path).toMatch(/^\/dev\/bus\/usb\/\d{3}\/\d{3}:\d+$/);
});
