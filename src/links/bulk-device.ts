import type { Device, InEndpoint, OutEndpoint, Transfer } from "usb";
import type { OpenBulk } from "./bulk-connection.ts";

/** The module itself, without its imitation of the browser's API. */
export type NodeUsb = typeof import("usb")["usb"];

/** How long the instrument may take to accept one transfer. */
const writeMs = 5000;
/** Stalls in a row after which the instrument is given up. */
const mostStalls = 3;

/** Claims an interface of an open device. Throws, or rejects, as libusb does. */
export async function claim(usb: NodeUsb, device: Device, number: number): Promise<OpenBulk> {
  const face = device.interface(number);
  try {
    // Releasing it gives it back to the kernel's driver.
    device.setAutoDetachKernelDriver(true);
  } catch {
    // Where the system has no such thing, claiming says whether it is free.
  }
  face.claim();
  const bulk = face.endpoints.filter((one) => one.transferType === usb.LIBUSB_TRANSFER_TYPE_BULK);
  const from = bulk.find((one): one is InEndpoint => one.direction === "in");
  const to = bulk.find((one): one is OutEndpoint => one.direction === "out");
  if (from === undefined || to === undefined) throw new Error("the interface has no bulk endpoint each way");
  to.timeout = writeMs;
  await askStatus(usb, device);

  let transfer: Transfer | undefined;
  let reading: Promise<unknown> = Promise.resolve();
  let closed = false;

  const packet = (): Promise<Uint8Array> =>
    new Promise((resolve, reject) => {
      transfer = from.makeTransfer(0, (error, buffer, length) => {
        if (error) reject(error);
        else resolve(Uint8Array.from(buffer.subarray(0, length)));
      });
      transfer.submit(Buffer.alloc(from.descriptor.wMaxPacketSize));
    });

  const read = async (): Promise<Uint8Array> => {
    for (let stalls = 0; ; stalls++) {
      if (closed) throw new Error("closed");
      try {
        return await packet();
      } catch (error) {
        // A stall answers one request that the instrument did not take; the next answer comes after it is cleared.
        if (closed || stalls === mostStalls || errnoOf(error) !== usb.LIBUSB_TRANSFER_STALL) throw error;
        await clearHalt(from);
      }
    }
  };

  return {
    read() {
      const packetRead = read();
      reading = packetRead.catch(() => {});
      return packetRead;
    },
    async write(bytes) {
      await to.transferAsync(Buffer.from(bytes));
    },
    async close() {
      closed = true;
      try {
        transfer?.cancel();
      } catch {
        // It was over already.
      }
      await reading;
      await face.releaseAsync().catch(() => {});
      closeDevice(device);
    },
  };
}

/** Closes a device, whether or not it is open or still there. */
export function closeDevice(device: Device): void {
  try {
    device.close();
  } catch {
    // It was not open, or is gone.
  }
}

/** libusb's number for what went wrong. */
export function errnoOf(error: unknown): unknown {
  return error instanceof Error && "errno" in error ? error.errno : undefined;
}

/**
 * The standard request GET_STATUS of the device (USB 2.0, section 9.4.5): Accu-Chek meters are asked it before they
 * speak. Every USB device must answer it; what it answers, and whether it does, is of no other interest.
 */
function askStatus(usb: NodeUsb, device: Device): Promise<void> {
  return new Promise((resolve) => {
    device.controlTransfer(usb.LIBUSB_ENDPOINT_IN, usb.LIBUSB_REQUEST_GET_STATUS, 0, 0, 2, () => resolve());
  });
}

function clearHalt(endpoint: InEndpoint): Promise<void> {
  return new Promise((resolve, reject) => {
    endpoint.clearHalt((error) => (error ? reject(error) : resolve()));
  });
}
