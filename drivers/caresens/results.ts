import { hex } from "../../src/driver-kit/checksums.ts";
import type { Finding, Span } from "../../src/driver-kit/contract.ts";
import { wallTime } from "../../src/driver-kit/wall-clock.ts";
import type { DeviceTime } from "../../src/model/times.ts";

/** Length of a stored result: six bytes of time, flags, value with its high byte first. */
export const resultLength = 9;

const control = 0x01;
const low = 0x04;
const high = 0x08;
const ketone = 0x40;
const words: readonly (readonly [bit: number, word: string])[] = [
  [0x02, "after meal"],
  [0x10, "fasting"],
  [0x20, "normal"],
  [0x80, "flag 80"],
];

/** Year - 2000, month, day, hour, minute, second, a byte each. The text is the six bytes in hex. */
export function timeOf(bytes: Uint8Array): DeviceTime {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = bytes;
  const local = wallTime(2000 + year, month, day, hour, minute, second);
  return { text: hexOf(bytes.subarray(0, 6)), ...(local === undefined ? {} : { local }) };
}

/** A stored result as a finding; its identity is all that it says but the words, which may be set later. */
export function findingOf(bytes: Uint8Array, serial: string, span: Span): Finding & { readonly identity: string } {
  const flags = bytes[6] ?? 0;
  const stored = ((bytes[7] ?? 0) << 8) | (bytes[8] ?? 0);
  const named = bytes.map((byte, i) => (i === 6 ? byte & (control | low | high | ketone) : byte));
  const told = words.flatMap(([bit, word]) => ((flags & bit) === 0 ? [] : [word]));
  return {
    channel: (flags & ketone) === 0 ? "glucose" : "ketone",
    value: wireValue(stored, flags),
    kind: (flags & control) === 0 ? "patient" : "control",
    deviceTime: timeOf(bytes),
    ...(told.length > 0 ? { flags: told } : {}),
    identity: `${serial} ${hexOf(named)}`,
    span,
  };
}

/** LO and HI have no limit that is known, so there is no number to give. */
function wireValue(stored: number, flags: number): Finding["value"] {
  if ((flags & low) !== 0) return { kind: "absent", reason: "out-of-range", text: "LO" };
  if ((flags & high) !== 0) return { kind: "absent", reason: "out-of-range", text: "HI" };
  if (stored === 0) return { kind: "absent", reason: "not-measured", text: "0" };
  return { kind: "number", text: String(stored) };
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => hex(byte, 2)).join("");
}
