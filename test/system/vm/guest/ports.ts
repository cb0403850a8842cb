import { existsSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The host's side of a socket: controller 0 is the first USB bus, and has one port. */
export const socketOf = (controller: number): string => `${controller + 1}-1`;

const usb = "/sys/bus/usb/devices";

/** The serial port in a socket, such as `ttyACM0`, if one is there. */
export const ttyIn = (controller: number): string | undefined => entry(join(face(controller), "tty"));

/** The HID interface in a socket, such as `hidraw0`, if one is there. */
export function hidrawIn(controller: number): string | undefined {
  const device = entryLike(face(controller), /^[0-9A-F]{4}:/);
  return device === undefined ? undefined : entry(join(face(controller), device, "hidraw"));
}

/** The input device in a socket: its event node, and whether the kernel keeps it silent. */
export function keyboardIn(controller: number): { readonly event: string; readonly inhibited: string } | undefined {
  const device = entryLike(face(controller), /^[0-9A-F]{4}:/);
  if (device === undefined) return undefined;
  const input = entry(join(face(controller), device, "input"));
  if (input === undefined) return undefined;
  const folder = join(face(controller), device, "input", input);
  const event = entryLike(folder, /^event\d+$/);
  return event === undefined ? undefined : { event: join("/dev/input", event), inhibited: join(folder, "inhibited") };
}

/** The links in this folder that lead to a node of /dev. */
export function linksTo(node: string, folder: string): readonly string[] {
  return (existsSync(folder) ? readdirSync(folder) : [])
    .map((name) => join(folder, name))
    .filter((link) => existsSync(link) && realpathSync(link) === join("/dev", node));
}

/** Whether the kernel has found an instrument in this socket, and its interfaces. */
export const isIn = (controller: number): boolean => existsSync(face(controller));

/** Whether the kernel may put the device in this socket to sleep: `on` is never. */
export const powerOf = (controller: number): string =>
  readFileSync(join(usb, socketOf(controller), "power/control"), "utf8").trim();

/** Lets the kernel put the device in this socket to sleep. */
export const allowSleep = (controller: number): void =>
  writeFileSync(join(usb, socketOf(controller), "power/control"), "auto");

const face = (controller: number): string => join(usb, socketOf(controller), `${socketOf(controller)}:1.0`);

const entry = (folder: string): string | undefined => entryLike(folder, /./);

function entryLike(folder: string, pattern: RegExp): string | undefined {
  return existsSync(folder) ? readdirSync(folder).find((name) => pattern.test(name)) : undefined;
}
