import { sum8 } from "../../src/driver-kit/checksums.ts";
import { lengthPrefixed } from "../../src/driver-kit/framers/length-prefixed.ts";
import type { Framer } from "../../src/driver-kit/framers/piece.ts";
import type { DeviceTime } from "../../src/model/times.ts";

const start = 0x51;
const fromHost = 0xa3;
const fromDevice = 0xa5;
const length = 8;

/** The read commands that this driver sends. Those that set the clock, start the cuff, erase or switch off are not here. */
export const commands = {
  connect: 0x22,
  clock: 0x23,
  model: 0x24,
  recordTime: 0x25,
  recordValue: 0x26,
  serialLow: 0x27,
  serialHigh: 0x28,
  count: 0x2b,
} as const;
export type Command = keyof typeof commands;

/** "Has entered communication": sent by the device by itself; the command in hand is to be sent again. */
export const entered = 0x54;

/** 51, command, four bytes, direction, sum of the seven before it modulo 256. */
export function packet(command: number, data: readonly number[], direction: number): Uint8Array {
  const bytes = Uint8Array.from([start, command, ...data, direction, 0]);
  bytes[length - 1] = sum8(bytes.subarray(0, length - 1));
  return bytes;
}

/** A command of the host; `index` counts records from the newest, 0. */
export function request(command: Command, index = 0): Uint8Array {
  return packet(commands[command], [index & 0xff, index >> 8, 0, 0], fromHost);
}

/** A device's packet: its command, and the four bytes of data. */
export interface Reply {
  readonly command: number;
  readonly data: readonly [number, number, number, number];
}

/** A device's packet, for the simulation. */
export function replyPacket({ command, data }: Reply): Uint8Array {
  return packet(command, data, fromDevice);
}

export function replyFramer(): Framer {
  return lengthPrefixed({
    starts: [String.fromCharCode(start)],
    header: length,
    bound: length,
    total: () => length,
    check(frame) {
      if (frame[length - 2] !== fromDevice) return "malformed";
      return sum8(frame.subarray(0, length - 1)) === frame[length - 1] ? "ok" : "checksum";
    },
  });
}

/** Reads a frame of `replyFramer`. */
export function decode(frame: Uint8Array): Reply {
  const [, command = 0, d0 = 0, d1 = 0, d2 = 0, d3 = 0] = frame;
  return { command, data: [d0, d1, d2, d3] };
}

/** Two bytes, low one first. */
export function word(low: number, high: number): number {
  return low | (high << 8);
}

/** Bytes as hex digits, last one first: model and serial number are written so. */
export function backwards(...bytes: readonly number[]): string {
  return bytes.map(hexByte).reverse().join("");
}

export function hexByte(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, "0");
}

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Year from 2000 in 7 bits, month in 4, day in 5, low byte first; then minute and hour. Local time without a zone, to
 * the minute. The text is the digits as stored, in the usual order; `local` where they are a possible time.
 */
export function deviceTime([d0, d1, d2, d3]: Reply["data"]): DeviceTime {
  const date = word(d0, d1);
  const [year, month, day] = [2000 + (date >> 9), (date >> 5) & 0xf, date & 0x1f];
  const [hour, minute] = [d3 & 0x1f, d2 & 0x3f];
  const two = (n: number) => String(n).padStart(2, "0");
  const text = `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}`;
  const days = (monthDays[month - 1] ?? 0) + (month === 2 && year % 4 === 0 && year !== 2100 ? 1 : 0);
  const possible = day >= 1 && day <= days && hour < 24 && minute < 60;
  return possible ? { text, local: text.replace(" ", "T") } : { text };
}
