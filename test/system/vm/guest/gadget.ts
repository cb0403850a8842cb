import { execFileSync } from "node:child_process";
import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

/** The device's side of USB in the kernel: an instrument as a program, plugged into a controller that is a program too. */
const gadgets = "/sys/kernel/config/usb_gadget";

export interface UsbIdentity {
  /** Four hex digits, like `product`. */
  readonly vendor: string;
  readonly product: string;
  readonly serial: string;
  readonly maker: string;
  readonly model: string;
}

export interface Instrument {
  /** Into this one of the emulated controllers, counted from 0. */
  plugIn(): void;
  unplug(): void;
}

export interface SerialInstrument extends Instrument {
  say(text: string): void;
}

export interface HidInstrument extends Instrument {
  report(...bytes: readonly number[]): void;
}

/** An instrument with a USB serial port (CDC-ACM), for the controller of this number. */
export function serialInstrument(name: string, controller: number, identity: UsbIdentity): SerialInstrument {
  const folder = declare(name, identity, "acm.usb0");
  const port = `/dev/ttyGS${readFileSync(join(folder, "functions/acm.usb0/port_num"), "utf8").trim()}`;
  let end: number | undefined;
  return {
    plugIn() {
      // Bytes as they are: no echo, no CR before a line feed.
      execFileSync("stty", ["-F", port, "raw", "-echo"]);
      // Not as this program's own terminal: pulling it out would hang up the line, and end the program.
      end = openSync(port, constants.O_RDWR | constants.O_NOCTTY);
      plug(folder, controller);
    },
    unplug() {
      plug(folder, undefined);
      if (end !== undefined) closeSync(end);
      end = undefined;
    },
    say(text) {
      if (end === undefined) throw new Error(`${name} is not plugged in`);
      writeSync(end, text, null, "latin1");
    },
  };
}

/** What a HID function is. `boot`: 1 where it is a keyboard that a BIOS understands. */
export interface HidFunction {
  readonly boot: 0 | 1;
  readonly reportLength: number;
  readonly descriptor: readonly number[];
}

/** An instrument with a HID interface, for the controller of this number. */
export function hidInstrument(
  name: string,
  controller: number,
  identity: UsbIdentity,
  hid: HidFunction,
): HidInstrument {
  const folder = declare(name, identity, "hid.usb0", {
    protocol: String(hid.boot),
    subclass: String(hid.boot),
    report_length: String(hid.reportLength),
    report_desc: Uint8Array.from(hid.descriptor),
  });
  let end: number | undefined;
  return {
    plugIn() {
      plug(folder, controller);
      const [, minor = "0"] = readFileSync(join(folder, "functions/hid.usb0/dev"), "utf8").trim().split(":");
      end = openSync(`/dev/hidg${minor}`, constants.O_RDWR | constants.O_NONBLOCK);
    },
    unplug() {
      if (end !== undefined) closeSync(end);
      end = undefined;
      plug(folder, undefined);
    },
    report(...bytes) {
      if (end === undefined) throw new Error(`${name} is not plugged in`);
      send(end, Uint8Array.from(bytes), name);
    },
  };
}

/** How long the other side may take to fetch a report. */
const fetchedWithinMs = 10_000;

/** One report waits at a time, until the other side fetches it; where nobody reads there, nobody does. */
function send(end: number, report: Uint8Array, name: string): void {
  for (const start = performance.now(); ; ) {
    try {
      writeSync(end, report);
      return;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
      if (performance.now() - start > fetchedWithinMs) throw new Error(`nobody reads the reports of ${name}`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

/** Tells the kernel what the device is; nothing is plugged in yet. */
function declare(
  name: string,
  { vendor, product, serial, maker, model }: UsbIdentity,
  kind: string,
  settings: Readonly<Record<string, string | Uint8Array>> = {},
): string {
  const folder = join(gadgets, name);
  const made = (part: string) => mkdirSync(join(folder, part), { recursive: true });
  const set = (part: string, value: string | Uint8Array) => writeFileSync(join(folder, part), value);
  made("");
  set("idVendor", `0x${vendor}`);
  set("idProduct", `0x${product}`);
  made("strings/0x409");
  set("strings/0x409/serialnumber", serial);
  set("strings/0x409/manufacturer", maker);
  set("strings/0x409/product", model);
  made("configs/c.1");
  made(`functions/${kind}`);
  for (const [key, value] of Object.entries(settings)) set(`functions/${kind}/${key}`, value);
  symlinkSync(join(folder, "functions", kind), join(folder, "configs/c.1", kind));
  return folder;
}

function plug(folder: string, controller: number | undefined): void {
  writeFileSync(join(folder, "UDC"), controller === undefined ? "\n" : `dummy_udc.${controller}`);
}
