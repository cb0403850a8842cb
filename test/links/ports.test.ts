import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listPorts } from "../../src/links/ports.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "vitalwire-sys-"));
  await mkdir(join(root, "sys/class/tty"), { recursive: true });
  await mkdir(join(root, "dev"), { recursive: true });
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function file(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), `${text}\n`);
}

async function link(path: string, target: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await symlink(join(root, target), join(root, path));
}

/** A tty of the kernel whose hardware is this folder under /sys/devices. */
async function tty(name: string, device: string): Promise<void> {
  await mkdir(join(root, "sys/devices", device), { recursive: true });
  await link(`sys/class/tty/${name}/device`, `sys/devices/${device}`);
  await file(`dev/${name}`, "");
}

const list = () => listPorts({ sys: join(root, "sys"), dev: join(root, "dev") });

test("an adapter is listed with its USB identity and its lasting names", async () => {
  const usb = "sys/devices/pci0/usb1/1-1/1-1.4";
  await file(`${usb}/idVendor`, "0403");
  await file(`${usb}/idProduct`, "6001");
  await file(`${usb}/serial`, "A10K");
  await file(`${usb}/manufacturer`, "FTDI");
  await file(`${usb}/1-1.4:1.0/bInterfaceNumber`, "00");
  await tty("ttyUSB0", "pci0/usb1/1-1/1-1.4/1-1.4:1.0/ttyUSB0");
  await link("dev/serial/by-id/usb-FTDI_A10K-if00-port0", "dev/ttyUSB0");
  await link("dev/serial/by-path/pci-1.4:1.0-port0", "dev/ttyUSB0");
  expect(await list()).toEqual([
    {
      path: join(root, "dev/ttyUSB0"),
      names: [
        join(root, "dev/serial/by-path/pci-1.4:1.0-port0"),
        join(root, "dev/serial/by-id/usb-FTDI_A10K-if00-port0"),
      ],
      usb: { vendor: "0403", product: "6001", serial: "A10K", maker: "FTDI", socket: "1-1.4", branch: "00.0" },
    },
  ]);
});

test("the ports of a machine are listed, but not consoles and not ports without hardware", async () => {
  await file("sys/class/tty/tty1/dev", "4:1");
  await tty("ttyS0", "platform/serial8250");
  await file("sys/class/tty/ttyS0/type", "4");
  await tty("ttyS1", "platform/serial8250b");
  await file("sys/class/tty/ttyS1/type", "0");
  await tty("ttyS10", "platform/serial8250c");
  await tty("ttyS2", "platform/serial8250d");
  const paths = (await list()).map((port) => port.path.slice(root.length));
  expect(paths).toEqual(["/dev/ttyS0", "/dev/ttyS2", "/dev/ttyS10"]);
});

test("the ports of this machine can be listed", async () => {
  for (const port of await listPorts()) expect(port.path).toMatch(/^\/dev\//);
});
