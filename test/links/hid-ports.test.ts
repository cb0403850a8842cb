import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listHidPorts } from "../../src/links/hid-ports.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "vitalwire-hid-"));
  await mkdir(join(root, "sys/class/hidraw"), { recursive: true });
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function file(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
}

async function link(path: string, target: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await symlink(join(root, target), join(root, path));
}

/** A hidraw node of the kernel whose HID device is this folder under /sys/devices. */
async function hidraw(name: string, device: string, usagePage: number, usage: number): Promise<void> {
  const descriptor = Uint8Array.of(0x06, usagePage, 0, 0x09, usage, 0xa1, 0x01, 0xc0);
  await file(`sys/devices/${device}/report_descriptor`, descriptor);
  await link(`sys/class/hidraw/${name}/device`, `sys/devices/${device}`);
  await file(`dev/${name}`, "");
}

const list = () => listHidPorts({ sys: join(root, "sys"), dev: join(root, "dev") });

test("a HID interface is listed with its USB identity, its socket, what it is for, and its lasting names", async () => {
  const usb = "sys/devices/pci0/usb1/1-1/1-1.2";
  await file(`${usb}/idVendor`, "0922\n");
  await file(`${usb}/idProduct`, "8003\n");
  await file(`${usb}/serial`, "0071\n");
  await file(`${usb}/manufacturer`, "DYMO\n");
  await file(`${usb}/1-1.2:1.0/bInterfaceNumber`, "00\n");
  await hidraw("hidraw0", "pci0/usb1/1-1/1-1.2/1-1.2:1.0/0003:0922:8003.0001", 0x8d, 0x20);
  await link("dev/vitalwire/path-pci-usb-0:1.2:1.0", "dev/hidraw0");
  expect(await list()).toEqual([
    {
      path: join(root, "dev/hidraw0"),
      names: [join(root, "dev/vitalwire/path-pci-usb-0:1.2:1.0")],
      usages: [{ usagePage: 0x8d, usage: 0x20 }],
      usb: { vendor: "0922", product: "8003", serial: "0071", maker: "DYMO", socket: "1-1.2", branch: "00.0" },
    },
  ]);
});

test("each interface of one device is a port of its own", async () => {
  const usb = "pci0/usb1/1-3";
  await file(`sys/devices/${usb}/idVendor`, "0c2e\n");
  await file(`sys/devices/${usb}/idProduct`, "0b61\n");
  await hidraw("hidraw10", `${usb}/1-3:1.1/0003:0C2E:0B61.0003`, 0x8c, 0x02);
  await hidraw("hidraw9", `${usb}/1-3:1.0/0003:0C2E:0B61.0002`, 0x01, 0x06);
  const found = (await list()).map(({ path, usages, usb: id }) => [
    path.slice(root.length),
    usages[0]?.usagePage,
    id?.socket,
  ]);
  expect(found).toEqual([
    ["/dev/hidraw9", 0x01, "1-3"],
    ["/dev/hidraw10", 0x8c, "1-3"],
  ]);
});

test("a HID device without a USB device above it is known by what the kernel says of it", async () => {
  await hidraw("hidraw0", "virtual/misc/uhid/0003:0922:8003.0004", 0x8d, 0x20);
  await file(
    "sys/devices/virtual/misc/uhid/0003:0922:8003.0004/uevent",
    "DRIVER=hid-generic\nHID_ID=0003:00000922:00008003\nHID_NAME=DYMO M10\nHID_PHYS=rig/1\nHID_UNIQ=77\n",
  );
  expect((await list())[0]?.usb).toEqual({
    vendor: "0922",
    product: "8003",
    serial: "77",
    model: "DYMO M10",
    socket: "rig/1",
    branch: "0",
  });
});

test("an interface that vanishes while it is looked at, or has no descriptor, breaks nothing", async () => {
  await link("sys/class/hidraw/hidraw0/device", "sys/devices/gone");
  await file("sys/devices/bare/uevent", "DRIVER=x\n");
  await link("sys/class/hidraw/hidraw1/device", "sys/devices/bare");
  expect((await list()).map(({ usages, usb }) => ({ usages, usb }))).toEqual([{ usages: [], usb: undefined }]);
});

test("the HID interfaces of this machine can be listed", async () => {
  for (const port of await listHidPorts()) expect(port.path).toMatch(/^\/dev\/hidraw\d+$/);
});
