import type { Problem, ProblemCode } from "../model/problem.ts";
import { BulkConnection } from "./bulk-connection.ts";
import { claim, closeDevice, errnoOf, type NodeUsb } from "./bulk-device.ts";
import { type Link, notOpened, type Opened } from "./link.ts";

/** The Debian package whose library node-usb needs. */
const needed = "libudev1";

/**
 * A USB interface with a bulk endpoint each way, claimed for us alone. A driver of the kernel that holds it (usb-storage,
 * where a meter looks like a disk) makes room, and has it back when the connection is closed.
 *
 * @param path the device's node and the interface's number, as `listBulkPorts` found them: `/dev/bus/usb/001/004:0`. No
 * other is ever opened.
 */
export function bulkLink(path: string): Link {
  return { name: path, passive: false, open: () => openBulk(path), dispose: () => {} };
}

/** Why USB devices cannot be opened on this machine, or nothing: LIBRARY_MISSING, naming what to install. */
export async function bulkProblem(): Promise<Problem | undefined> {
  const library = await nodeUsb();
  return "problem" in library ? library.problem : undefined;
}

async function openBulk(path: string): Promise<Opened> {
  const library = await nodeUsb();
  if ("problem" in library) return { ok: false, problem: library.problem };
  const { usb } = library;
  const [, bus, address, face] = /(\d+)\/(\d+):(\d+)$/.exec(path)?.map(Number) ?? [];
  const device = usb.getDeviceList().find((one) => one.busNumber === bus && one.deviceAddress === address);
  if (device === undefined || face === undefined) return notOpened("PORT_MISSING", `${path}: no such USB device`);
  try {
    device.open();
    return { ok: true, connection: new BulkConnection(await claim(usb, device, face), path) };
  } catch (error) {
    closeDevice(device);
    const text = error instanceof Error ? error.message : String(error);
    return notOpened(problemOf(usb, error), `${path}: ${text}`);
  }
}

/** node-usb, loaded when USB transfers are first needed: machines without such instruments need not have its library. */
async function nodeUsb(): Promise<{ readonly usb: NodeUsb } | { readonly problem: Problem }> {
  try {
    const { usb } = await import("usb");
    // It loads where libusb does not start, and says so here.
    if (usb.INIT_ERROR) throw new Error(`libusb does not start: ${usb.INIT_ERROR}`);
    return { usb };
  } catch (error) {
    const cause = error instanceof Error ? error.message.split("\n")[0] : String(error);
    return { problem: { code: "LIBRARY_MISSING", detail: `usb does not load (${cause}); install ${needed}` } };
  }
}

function problemOf(usb: NodeUsb, error: unknown): ProblemCode {
  switch (errnoOf(error)) {
    case usb.LIBUSB_ERROR_ACCESS:
      return "PORT_DENIED";
    case usb.LIBUSB_ERROR_BUSY:
      return "PORT_BUSY";
    case usb.LIBUSB_ERROR_NO_DEVICE:
    case usb.LIBUSB_ERROR_NOT_FOUND:
      return "PORT_MISSING";
    default:
      return "LINK_LOST";
  }
}
