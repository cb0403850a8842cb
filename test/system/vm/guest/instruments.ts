import { type HidFunction, hidInstrument, serialInstrument } from "./gadget.ts";
import { at } from "./sockets.ts";

/** What stands in the clinic of the virtual machine. */

const scaleIdentity = { vendor: "0b67", product: "0201", serial: "SC-1001", maker: "Clinic", model: "Scale" };
/** Cheap adapters: one vendor, one product, and one serial number for all of them. */
const twinIdentity = { vendor: "067b", product: "2303", serial: "0001", maker: "Prolific", model: "Adapter" };
/** Two more, of which no one wrote down where they are. */
const unclearIdentity = { vendor: "10c4", product: "ea60", serial: "0001", maker: "Silicon_Labs", model: "CP2102" };

/** A HID page 0x8D scale: one report, id 3, five bytes. */
const weighing: HidFunction = {
  boot: 0,
  reportLength: 6,
  descriptor: [
    0x06, 0x8d, 0x00, 0x09, 0x20, 0xa1, 0x01, 0x85, 0x03, 0x09, 0x01, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08, 0x95,
    0x05, 0x81, 0x02, 0xc0,
  ],
};

/** The boot keyboard (Device Class Definition for HID 1.11, appendix B.1), without its lights. */
const keyboard: HidFunction = {
  boot: 1,
  reportLength: 8,
  descriptor: [
    0x05, 0x01, 0x09, 0x06, 0xa1, 0x01, 0x05, 0x07, 0x19, 0xe0, 0x29, 0xe7, 0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95,
    0x08, 0x81, 0x02, 0x95, 0x01, 0x75, 0x08, 0x81, 0x01, 0x95, 0x06, 0x75, 0x08, 0x15, 0x00, 0x25, 0x65, 0x05, 0x07,
    0x19, 0x00, 0x29, 0x65, 0x81, 0x00, 0xc0,
  ],
};

export const lineScale = serialInstrument("scale", at.lineScale, scaleIdentity);
export const hidScale = hidInstrument(
  "hidscale",
  at.hidScale,
  { vendor: "0922", product: "8003", serial: "DY-7", maker: "DYMO", model: "M25" },
  weighing,
);
export const twinA = serialInstrument("twin-a", at.twinA, twinIdentity);
export const twinB = serialInstrument("twin-b", at.twinB, twinIdentity);
export const oneOfTwo = serialInstrument("one-of-two", at.oneOfTwo, unclearIdentity);
export const otherOfTwo = serialInstrument("other-of-two", at.otherOfTwo, unclearIdentity);
export const scanner = hidInstrument(
  "scanner",
  at.scanner,
  { vendor: "05e0", product: "1200", serial: "S-1", maker: "Symbol", model: "LS2208" },
  keyboard,
);
export const ownKeyboard = hidInstrument(
  "keyboard",
  at.ownKeyboard,
  { vendor: "04b3", product: "3025", serial: "K-1", maker: "Desk", model: "Keyboard" },
  keyboard,
);
/** Takes the number of a port that is out, as a visitor's adapter would. */
export const visitor = serialInstrument("visitor", at.visitor, {
  vendor: "0403",
  product: "6001",
  serial: "V-1",
  maker: "Visitor",
  model: "Adapter",
});

/** A load on a scale of the A&D format: it settles, and goes. */
export const load = (kg: string): string => `${line(kg)}${line(kg)}${line("0.0")}`;
const line = (kg: string): string => `ST,+${kg.padStart(9, "0")}  kg\r\n`;

/** A load on the HID scale, in tenths of a kilogram. */
export function weigh(tenths: number): void {
  const stable = [0x03, 0x04, 0x03, 0xff, tenths & 0xff, tenths >> 8] as const;
  const empty = [0x03, 0x02, 0x03, 0xff, 0x00, 0x00] as const;
  for (const report of [empty, stable, stable, empty]) hidScale.report(...report);
}

/** Types capital letters and digits and Enter, as a scanner in keyboard mode does. */
export function type(on: typeof scanner, text: string): void {
  for (const character of text) {
    const letter = character >= "A" && character <= "Z";
    const key = letter ? character.charCodeAt(0) - 0x41 + 0x04 : 0x1e + "1234567890".indexOf(character);
    on.report(letter ? 0x02 : 0, 0, key, 0, 0, 0, 0, 0);
    on.report(0, 0, 0, 0, 0, 0, 0, 0);
  }
  on.report(0, 0, 0x28, 0, 0, 0, 0, 0);
  on.report(0, 0, 0, 0, 0, 0, 0, 0);
}
