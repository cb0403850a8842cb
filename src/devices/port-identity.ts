import type { Port } from "../links/ports.ts";
import type { Problem } from "../model/problem.ts";

/** Where a device was found among the ports, or why it was not. All is absent where its link is no port. */
export interface PlaceOfDevice {
  readonly port?: Port;
  /** The path to open, where the configuration names one; its port may be absent from the list (a pty). */
  readonly path?: string;
  /** The ports between which it is not clear. */
  readonly among?: readonly Port[];
  readonly problem?: Problem;
}

/** Whether a port has this name: the kernel's or a lasting one. */
export function isCalled(port: Port, path: string): boolean {
  return port.path === path || port.names.includes(path);
}

/** Whether a port is at this place: the USB socket, or one of its names, with or without the folder. */
export function isAt(port: Port, place: string): boolean {
  return isCalled(port, place) || port.usb?.socket === place || port.names.some((name) => lastPart(name) === place);
}

/**
 * The other ports that this place may just as well mean. A name made of an adapter's serial number leads, where adapters
 * of one kind share that number, to the one plugged in last; a name made of its socket belongs to it alone.
 */
export function sharersOf<P extends Port>(place: string, port: P, ports: readonly P[]): readonly P[] {
  const name = port.names.find((each) => each === place || lastPart(each) === place);
  return name !== undefined && /\/(by-id\/|vitalwire\/serial-)/.test(name) ? ports.filter((p) => isTwin(port, p)) : [];
}

function isTwin(a: Port, b: Port): boolean {
  if (a === b || a.usb === undefined || b.usb === undefined) return false;
  return (
    a.usb.vendor === b.usb.vendor &&
    a.usb.product === b.usb.product &&
    a.usb.serial === b.usb.serial &&
    a.usb.branch === b.usb.branch
  );
}

/** Whether a port has this USB identity, as far as it is given. */
export function fitsUsb(
  wanted: {
    readonly vendor: string;
    readonly product?: string | undefined;
    readonly serial?: string | undefined;
  },
  port: Port,
): boolean {
  if (port.usb === undefined || port.usb.vendor !== wanted.vendor) return false;
  if (wanted.product !== undefined && port.usb.product !== wanted.product) return false;
  return wanted.serial === undefined || port.usb.serial === wanted.serial;
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
