import { type BulkPort, listBulkPorts } from "./bulk-ports.ts";
import { type HidPort, listHidPorts } from "./hid-ports.ts";
import { listPorts, type Port } from "./ports.ts";

/** Whatever an instrument may be plugged into: a serial port, a HID interface, or another USB interface. */
export type AnyPort = Port | HidPort | BulkPort;

/** All ports that are there, seen without opening any. */
export async function listAllPorts(): Promise<readonly AnyPort[]> {
  return (await Promise.all([listPorts(), listHidPorts(), listBulkPorts()])).flat();
}
