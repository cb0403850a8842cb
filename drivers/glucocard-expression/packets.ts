import { sum8 } from "../../src/driver-kit/checksums.ts";
import { lengthPrefixed } from "../../src/driver-kit/framers/length-prefixed.ts";
import type { Framer } from "../../src/driver-kit/framers/piece.ts";
import { latin1 } from "../../src/driver-kit/text.ts";

/** A packet's command, and the eight bytes that go with it. */
export interface Packet {
  readonly command: number;
  readonly data: Uint8Array;
}

export const commands = { ping: 0x00, clock: 0x07, serial: 0x0f, results: 0x10 } as const;

/** `AA command data sum` to the meter, `DD` in place of `AA` from it; the sum is that of command and data. */
const toMeter = 0xaa;
const fromMeter = 0xdd;
const packetLength = 11;
const dataLength = 8;

export function packetFramer(): Framer {
  return lengthPrefixed({
    starts: [latin1(Uint8Array.of(fromMeter))],
    header: 1,
    total: () => packetLength,
    check: (packet) => (sum8(packet.subarray(1, -1)) === packet.at(-1) ? "ok" : "checksum"),
    bound: packetLength,
  });
}

export function decodePacket(packet: Uint8Array): Packet {
  return { command: packet[1] ?? 0, data: packet.subarray(2, -1) };
}

export function requestPacket(command: number): Uint8Array {
  return encode(toMeter, command, new Uint8Array(dataLength));
}

/** A packet of a meter; data shorter than eight bytes is filled with zeros. */
export function replyPacket(command: number, data: ArrayLike<number>): Uint8Array {
  const whole = new Uint8Array(dataLength);
  whole.set(data);
  return encode(fromMeter, command, whole);
}

function encode(start: number, command: number, data: Uint8Array): Uint8Array {
  return Uint8Array.of(start, command, ...data, sum8(Uint8Array.of(command, ...data)));
}
