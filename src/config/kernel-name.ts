import type { LinkConfig } from "./site.ts";

/**
 * A name that the kernel gives in the order in which things are plugged in, where a link rests on one; the next plugging
 * in may give it to another port. `family`: the names among which it may pass. Those of /dev/serial and /dev/vitalwire last.
 */
export function kernelNameOf(link: LinkConfig): { readonly name: string; readonly family: string } | undefined {
  const name = pathOf(link);
  const [, tty, bus] = /^\/dev\/(?:(ttyUSB|ttyACM|hidraw)\d+|(bus\/usb)\/.+)$/.exec(name ?? "") ?? [];
  const family = tty ?? bus;
  return name === undefined || family === undefined ? undefined : { name, family };
}

function pathOf(link: LinkConfig): string | undefined {
  if ("serial" in link) return link.serial.path;
  if ("usb" in link) return link.usb.path;
  if ("hid" in link) return link.hid.path;
  return "bulk" in link ? link.bulk.path : undefined;
}
