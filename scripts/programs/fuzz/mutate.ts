import { astmSum, crc16CcittFalse, hex, sum8, sum16, xor8 } from "../../../src/driver-kit/checksums.ts";
import { bytesOf, latin1 } from "../../../src/driver-kit/text.ts";
import type { Draws } from "./draws.ts";

/** No input is longer: the bound under which 50 ms hold. */
export const longest = 65_536;

type Mutation = (bytes: Uint8Array, draw: Draws, others: readonly Uint8Array[]) => Uint8Array;

/** Bytes that end, begin or divide something in one protocol or another. */
const marks = bytesOf('\r\n\x02\x03\x04\x05\x06\x0b\x15\x17\x1b\x1c\x1d\x7e\x55\x10|^&\\,;: "<>]');
const isMark = Uint8Array.from({ length: 256 }, (_, byte) => (marks.includes(byte) ? 1 : 0));

const mutations: readonly Mutation[] = [
  flip,
  replace,
  insert,
  remove,
  duplicate,
  splice,
  stretch,
  moveMark,
  insertMark,
  mend,
];

/** One to six changes of these bytes, now and then a checksum made good again at the end. */
export function mutated(bytes: Uint8Array, draw: Draws, others: readonly Uint8Array[]): Uint8Array {
  let now = bytes;
  for (let left = 1 + draw.few(6); left > 0; left--) now = draw.of(mutations)(now, draw, others).subarray(0, longest);
  return draw.chance(0.3) ? mend(now, draw) : now;
}

function flip(bytes: Uint8Array, draw: Draws): Uint8Array {
  const at = draw.below(bytes.length);
  const bit = 1 << draw.below(8);
  return at < bytes.length ? bytes.with(at, (bytes[at] ?? 0) ^ bit) : bytes;
}

function replace(bytes: Uint8Array, draw: Draws): Uint8Array {
  const at = draw.below(bytes.length);
  const byte = draw.chance(0.3) ? draw.of([0, 0x7f, 0x80, 0xff]) : draw.below(256);
  return at < bytes.length ? bytes.with(at, byte) : bytes;
}

function insert(bytes: Uint8Array, draw: Draws): Uint8Array {
  const noise = new Uint8Array(1 + draw.below(draw.chance(0.1) ? 300 : 8));
  for (let i = 0; i < noise.length; i++) noise[i] = draw.below(256);
  return put(bytes, draw.below(bytes.length + 1), noise);
}

function remove(bytes: Uint8Array, draw: Draws): Uint8Array {
  const from = draw.below(bytes.length + 1);
  const length = 1 + draw.below(draw.chance(0.2) ? bytes.length + 1 : 4);
  return joined(bytes.subarray(0, from), bytes.subarray(from + length));
}

/** A piece again right after itself, now and then very often. */
function duplicate(bytes: Uint8Array, draw: Draws): Uint8Array {
  const from = draw.below(bytes.length);
  const piece = bytes.subarray(from, from + 1 + draw.below(64));
  const times = draw.chance(0.001) ? 1 + draw.below(1 + longest / Math.max(1, piece.length)) : 1 + draw.below(3);
  const often = new Uint8Array(Math.min(longest, times * piece.length));
  for (let at = 0; at < often.length; at += piece.length) often.set(piece.subarray(0, often.length - at), at);
  return put(bytes, from, often);
}

/** The beginning of this with the end of another. */
function splice(bytes: Uint8Array, draw: Draws, others: readonly Uint8Array[]): Uint8Array {
  if (others.length === 0) return bytes;
  const other = draw.of(others);
  return joined(bytes.subarray(0, draw.below(bytes.length + 1)), other.subarray(draw.below(other.length + 1)));
}

/** A number that is longer, shorter, signed, or no longer one. */
function stretch(bytes: Uint8Array, draw: Draws): Uint8Array {
  const start = draw.below(bytes.length);
  const window = latin1(bytes.subarray(start, start + 200));
  const match = /[0-9][0-9.]*/.exec(window);
  if (match === null) return bytes;
  const [digits] = match;
  const at = start + match.index;
  const other = draw.of([
    "",
    "0",
    "-1",
    "1e9",
    ".",
    "9".repeat(1 + draw.below(30)),
    digits + digits,
    digits.slice(1),
    `-${digits}`,
    `${digits}.${digits}`,
    "0".repeat(draw.below(400)) + digits,
    digits.replace(/./g, "9"),
    digits.replace(/./g, " "),
  ]);
  return joined(bytes.subarray(0, at), bytesOf(other), bytes.subarray(at + digits.length));
}

/** A terminator or separator somewhere else. */
function moveMark(bytes: Uint8Array, draw: Draws): Uint8Array {
  const start = draw.below(bytes.length);
  let at = start;
  while (at < bytes.length && isMark[bytes[at] ?? 0] === 0) at++;
  if (at >= bytes.length) return bytes;
  const rest = joined(bytes.subarray(0, at), bytes.subarray(at + 1));
  return put(rest, draw.below(rest.length + 1), bytes.subarray(at, at + 1));
}

function insertMark(bytes: Uint8Array, draw: Draws): Uint8Array {
  const at = draw.below(marks.length);
  return put(bytes, draw.below(bytes.length + 1), marks.subarray(at, at + 1));
}

/** STX, contents, ETX or ETB, two digits. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the frame's marks
const astmFrame = /\x02([^\x02\x03\x17]*[\x03\x17])../gs;

function summed(line: string): string {
  return line + hex(sum16(bytesOf(line.replace(/^\n/, "").slice(0, -1))), 4);
}

/** Makes the checksum of a frame good again, in one of the usual ways, so that what lies behind it is reached too. */
function mend(bytes: Uint8Array, draw: Draws): Uint8Array {
  if (bytes.length < 4) return bytes;
  const last = bytes.length - 1;
  switch (draw.below(6)) {
    case 0:
      return bytesOf(
        latin1(bytes).replace(astmFrame, (_, framed: string) => `\x02${framed}${astmSum(bytesOf(framed))}`),
      );
    case 1:
      // Lines with the sum of their bytes as four digits at their ends.
      return bytesOf(
        latin1(bytes)
          .split("\r")
          .map((line) => (/ [0-9A-F]{4}$/.test(line.slice(-5)) ? summed(line.slice(0, -4)) : line))
          .join("\r"),
      );
    case 2:
      return bytes.with(last, sum8(bytes.subarray(0, last)));
    case 3:
      return bytes.with(last, -sum8(bytes.subarray(draw.below(3), last)) & 0xff);
    case 4:
      return bytes.with(last, xor8(bytes.subarray(draw.below(3), last)));
    default: {
      const crc = crc16CcittFalse(bytes.subarray(0, last - 1));
      return bytes.with(last - 1, crc & 0xff).with(last, crc >> 8);
    }
  }
}

function put(bytes: Uint8Array, at: number, piece: Uint8Array): Uint8Array {
  return joined(bytes.subarray(0, at), piece, bytes.subarray(at));
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(Math.min(longest, length));
  let at = 0;
  for (const part of parts) {
    whole.set(at + part.length > longest ? part.subarray(0, longest - at) : part, at);
    at += part.length;
    if (at >= longest) break;
  }
  return whole;
}
