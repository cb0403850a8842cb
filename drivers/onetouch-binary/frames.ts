import { crc16CcittFalse } from "../../src/driver-kit/checksums.ts";
import { lengthPrefixed } from "../../src/driver-kit/framers/length-prefixed.ts";
import type { Framer } from "../../src/driver-kit/framers/piece.ts";

/** LifeScan's binary frame: `02 length control payload 03 crc-low crc-high`; the length is the whole frame's. */
export interface Frame {
  readonly control: number;
  readonly payload: Uint8Array;
}

const overhead = 6;

/** CRC-16/CCITT-FALSE over everything before it, low byte first. */
export function frameFramer(): Framer {
  return lengthPrefixed({
    starts: ["\x02"],
    header: 2,
    total: ([, length = 0]) => (length >= overhead ? length : undefined),
    check(frame) {
      if (frame.at(-3) !== 0x03) return "malformed";
      const crc = (frame.at(-2) ?? 0) | ((frame.at(-1) ?? 0) << 8);
      return crc16CcittFalse(frame.subarray(0, -2)) === crc ? "ok" : "checksum";
    },
    bound: 255,
  });
}

/** Reads a frame of `frameFramer`. */
export function decodeFrame(frame: Uint8Array): Frame {
  return { control: frame[2] ?? 0, payload: frame.subarray(3, -3) };
}

/** A frame as it goes over the wire. */
export function encodeFrame(control: number, payload: readonly number[] = []): Uint8Array {
  const body = Uint8Array.of(0x02, payload.length + overhead, control, ...payload, 0x03);
  const crc = crc16CcittFalse(body);
  return Uint8Array.of(...body, crc & 0xff, crc >> 8);
}

/** A number of a payload, low byte first. */
export function unsigned(payload: Uint8Array, at: number, bytes: 1 | 2 | 4): number {
  let value = 0;
  for (let i = bytes - 1; i >= 0; i--) value = value * 256 + (payload[at + i] ?? 0);
  return value;
}

/** Two or four bytes of a payload, low byte first. */
export function littleEndian(value: number, bytes: 2 | 4): readonly number[] {
  return Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** i) % 256);
}

/** Whether a payload begins with these bytes and has this length, or at least so many where `more` is allowed. */
export function hasForm(payload: Uint8Array, head: readonly number[], length: number, more = false): boolean {
  if (more ? payload.length < length : payload.length !== length) return false;
  return head.every((byte, i) => payload[i] === byte);
}
