import { hex, sum8 } from "../../src/driver-kit/checksums.ts";
import { uartReports } from "../../src/driver-kit/cp2110.ts";
import { lengthPrefixed } from "../../src/driver-kit/framers/length-prefixed.ts";
import type { Framer } from "../../src/driver-kit/framers/piece.ts";
import { wallTime } from "../../src/driver-kit/wall-clock.ts";
import type { DeviceTime } from "../../src/model/times.ts";

/** Commands that read. The meter's answer carries the same number. */
export const commands = {
  connect: 0x22,
  readClock: 0x23,
  model: 0x24,
  recordTime: 0x25,
  recordValue: 0x26,
  serialLow: 0x27,
  serialHigh: 0x28,
  count: 0x2b,
  /** Not sent: the meter says that it has begun to communicate. */
  began: 0x54,
} as const;

/** What a meter answers: `51 command d0 d1 d2 d3 A5 sum`. */
export interface Packet {
  readonly command: number;
  readonly bytes: readonly [number, number, number, number];
}

const start = 0x51;
const fromMeter = 0xa5;
const toMeter = 0xa3;
const length = 8;

/** Packets of the meter, in HID reports of its UART: eight bytes, the last the sum of the others modulo 256. */
export function packetFramer(): Framer {
  return uartReports(
    lengthPrefixed({
      starts: [String.fromCharCode(start)],
      header: 2,
      total: () => length,
      check(frame) {
        if (frame[6] !== fromMeter) return "malformed";
        return sum8(frame.subarray(0, 7)) === frame[7] ? "ok" : "checksum";
      },
      bound: length,
    }),
  );
}

export function decodePacket(frame: Uint8Array): Packet {
  const [, command = 0, a = 0, b = 0, c = 0, d = 0] = frame;
  return { command, bytes: [a, b, c, d] };
}

export function encodePacket(
  command: number,
  bytes: readonly number[] = [0, 0, 0, 0],
  to: "meter" | "host" = "meter",
): Uint8Array {
  const body = Uint8Array.of(start, command, ...bytes, to === "meter" ? toMeter : fromMeter);
  return Uint8Array.of(...body, sum8(body));
}

/**
 * Two bytes of date (year - 2000 in seven bits, month in four, day in five, low byte first), minute, hour. The text is
 * the four bytes as they came, in hex.
 */
export function timeOf({ bytes }: Packet): DeviceTime {
  const [low, high, minute, hour] = bytes;
  const date = low | (high << 8);
  const local = wallTime(2000 + (date >> 9), (date >> 5) & 0x0f, date & 0x1f, hour, minute);
  return { text: hexOf(bytes), ...(local === undefined ? {} : { local }) };
}

export const word = ({ bytes: [low, high] }: Packet): number => low | (high << 8);

export function hexOf(bytes: readonly number[]): string {
  return bytes.map((byte) => hex(byte, 2)).join("");
}
