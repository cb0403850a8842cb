import { astmSum } from "../../src/driver-kit/checksums.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";

/** Control characters of ASTM E1381. */
export const control = { EOT: 0x04, ENQ: 0x05, ACK: 0x06, NAK: 0x15 } as const;

/** What a message of the meter says: a frame, whatever stands around it, or control characters, of which the last counts. */
export type Message =
  | { readonly is: "frame"; readonly number: number; readonly record: string }
  | { readonly is: "control"; readonly character: number }
  | { readonly is: "bad"; readonly reason: "checksum" | "malformed" };

const STX = 0x02;
const ETX = 0x03;
const ETB = 0x17;
const CR = 0x0d;
const LF = 0x0a;
const characters: readonly number[] = Object.values(control);
/** What stands behind the end mark of a frame: two digits, CR LF. */
const trailing = 4;

/** Reads a message: `04 02 number record 0D 17 sum 0D 0A 05`, one record a frame; EOT and ENQ only at times. */
export function decodeMessage(bytes: Uint8Array): Message {
  const start = bytes.findIndex((byte) => !characters.includes(byte));
  const last = bytes.at(-1);
  if (last === undefined) return { is: "bad", reason: "malformed" };
  if (start < 0) return { is: "control", character: last };
  const frame = bytes.subarray(start, last === control.ENQ ? -1 : bytes.length);
  const digits = latin1(frame.subarray(-trailing, -2));
  const guarded = frame.subarray(1, -trailing);
  const [, number, record] = /^([0-7])([ -~]+)$/.exec(latin1(guarded.subarray(0, -2))) ?? [];
  const sound = frame[0] === STX && endsFrame(frame) && guarded.at(-2) === CR && /^[0-9A-Fa-f]{2}$/.test(digits);
  if (!sound || number === undefined || record === undefined) return { is: "bad", reason: "malformed" };
  if (astmSum(guarded) !== digits.toUpperCase()) return { is: "bad", reason: "checksum" };
  return { is: "frame", number: Number(number), record };
}

/** Whether bytes end as a frame does: the end mark, two digits, CR LF, and perhaps an ENQ. */
export function endsFrame(bytes: Uint8Array): boolean {
  const end = bytes.at(-1) === control.ENQ ? bytes.length - 1 : bytes.length;
  const mark = bytes[end - trailing - 1];
  return (mark === ETB || mark === ETX) && bytes[end - 2] === CR && bytes[end - 1] === LF;
}

/** A record in its frame, as the meter sends it. */
export function encodeFrame(number: number, record: string): Uint8Array {
  const guarded = `${number % 8}${record}\r\x17`;
  return bytesOf(`\x02${guarded}${astmSum(bytesOf(guarded))}\r\n`);
}
