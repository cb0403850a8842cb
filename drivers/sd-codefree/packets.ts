import { xor8 } from "../../src/driver-kit/checksums.ts";
import { lengthPrefixed } from "../../src/driver-kit/framers/length-prefixed.ts";
import type { Framer } from "../../src/driver-kit/framers/piece.ts";
import { latin1 } from "../../src/driver-kit/text.ts";

/** What a meter sends. It speaks first, when it is switched on; `closed` answers a request beyond its last result. */
export type Reply =
  | { readonly is: "hello" }
  | { readonly is: "count"; readonly count: number }
  | { readonly is: "result"; readonly message: Uint8Array }
  | { readonly is: "closed" };

/** `53 direction length message xor AA`; the length counts the message and the two bytes after it. */
const mark = 0x53;
const fromMeter = 0x20;
const toMeter = 0x10;
const end = 0xaa;
const header = 3;
const trailer = 2;
const most = 0x40;

const countLength = 22;
const resultLength = 17;
export const types = { dialogue: 0x10, result: 0x20, count: 0x30 } as const;

export function replyFramer(): Framer {
  return lengthPrefixed({
    starts: [latin1(Uint8Array.of(mark, fromMeter))],
    header,
    total: ([, , length = 0]) => (length > trailer && length <= most ? header + length : undefined),
    check(packet) {
      if (packet.at(-1) !== end) return "malformed";
      return packet.at(-trailer) === xor8(packet.subarray(header, -trailer)) ? "ok" : "checksum";
    },
    bound: header + most,
  });
}

export function decodeReply(packet: Uint8Array): Reply | undefined {
  const message = packet.subarray(header, -trailer);
  const [type, first = 0, second = 0] = message;
  if (type === types.dialogue && message.length === 2) {
    if (first === 0x30) return { is: "hello" };
    return first === 0x70 ? { is: "closed" } : undefined;
  }
  if (type === types.count && message.length === countLength && message.subarray(header).every((byte) => byte === end))
    return { is: "count", count: (first << 8) | second };
  return type === types.result && message.length === resultLength ? { is: "result", message } : undefined;
}

/** The whole of what is sent to a meter: its greeting answered, and a result asked for. */
export const requests = { answer: packetOf(toMeter, [types.dialogue, 0x40]), next: packetOf(toMeter, [0x10, 0x60]) };

/** Packets of a meter. */
export const replies = {
  hello: replyPacket([types.dialogue, 0x30]),
  closed: replyPacket([types.dialogue, 0x70]),
  count: (count: number) => replyPacket([types.count, count >> 8, count & 0xff, ...new Array<number>(19).fill(end)]),
};

export function replyPacket(message: readonly number[]): Uint8Array {
  return packetOf(fromMeter, message);
}

function packetOf(direction: number, message: readonly number[]): Uint8Array {
  return Uint8Array.of(mark, direction, message.length + trailer, ...message, xor8(Uint8Array.from(message)), end);
}
