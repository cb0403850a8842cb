import { hex, sum8 } from "../../src/driver-kit/checksums.ts";
import type { Span } from "../../src/driver-kit/contract.ts";
import { lengthPrefixed } from "../../src/driver-kit/framers/length-prefixed.ts";
import type { Framer } from "../../src/driver-kit/framers/piece.ts";
import type { Kept } from "../../src/driver-kit/memory-session.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";
import { wallTime } from "../../src/driver-kit/wall-clock.ts";
import type { DeviceTime } from "../../src/model/times.ts";

/** Asks for all stored measurements. The commands that set identifier, date and time are not in this driver. */
export const readCycles = Uint8Array.of(0x12, 0x16, 0x18, 0x22);

const ack = "\x06";
/** ACK, number of records, four unknown digits, identifier. */
const headLength = 33;
const recordLength = 32;
const sumLength = 2;
/** More than any monitor of the family is known to hold; more is no number of records. */
const mostRecords = 500;

/**
 * Cuts answers to `readCycles`: ACK, the number of records as four hex digits, and the records, all in ASCII, closed by
 * the sum of everything after the ACK as two hex digits.
 */
export function cyclesFramer(): Framer {
  return lengthPrefixed({
    starts: [ack],
    header: 5,
    total(head) {
      const digits = latin1(head.subarray(1, 5));
      const records = /^[0-9A-F]{4}$/.test(digits) ? Number.parseInt(digits, 16) : undefined;
      if (records === undefined || records > mostRecords) return undefined;
      return headLength + records * recordLength + sumLength;
    },
    check(frame) {
      const text = frame.subarray(1);
      // Up to the first that is none, for an ACK that begins no answer may seem to announce a very long one.
      if (!text.every(isDigit)) return "malformed";
      return hex(sum8(text.subarray(0, -sumLength)), 2) === latin1(text.subarray(-sumLength)) ? "ok" : "checksum";
    },
    bound: headLength + mostRecords * recordLength + sumLength,
  });
}

/** Of hex, in upper case. */
function isDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46);
}

/** The records of an answer, 32 characters each, and where each stood. */
export function recordsOf(
  frame: Uint8Array,
  { from }: Span,
): readonly { readonly text: string; readonly span: Span }[] {
  const text = latin1(frame.subarray(headLength, -sumLength));
  return Array.from({ length: text.length / recordLength }, (_, i) => {
    const at = i * recordLength;
    const start = from + headLength + at;
    return { text: text.slice(at, at + recordLength), span: { from: start, to: start + recordLength } };
  });
}

/**
 * A record: `YYMMDDhhmm`, two digits for repeated or irregular, four unknown, and twice the same 30 bits with systolic,
 * diastolic and pulse of ten bits each. Nothing where the two differ or a value is zero or out of order.
 */
export function measurementOf(record: string, span: Span): readonly [Kept, ...Kept[]] | undefined {
  const bits = record.slice(16, 24);
  const word = Number.parseInt(bits, 16);
  const [systolic, diastolic, pulse] = [word & 0x3ff, (word >>> 10) & 0x3ff, (word >>> 20) & 0x3ff];
  if (bits !== record.slice(24) || word > 0x3fffffff) return undefined;
  if (diastolic === 0 || pulse === 0 || systolic <= diastolic) return undefined;
  const mark = record.slice(10, 12);
  const identity = `${record.slice(0, 12)} ${bits}`;
  const common = {
    kind: "patient",
    group: identity,
    deviceTime: timeOf(record.slice(0, 10)),
    ...(mark === "00" ? {} : { flags: [`mark ${mark}`] }),
    identity,
    span,
  } as const;
  return [
    { ...common, channel: "SYS", value: { kind: "number", text: String(systolic) } },
    { ...common, channel: "DIA", value: { kind: "number", text: String(diastolic) } },
    { ...common, channel: "PULSE", value: { kind: "number", text: String(pulse) } },
  ];
}

/** The monitor's clock, to the minute; an unset one (`1500000000`: month 0) is in no calendar. */
function timeOf(text: string): DeviceTime {
  if (!/^[0-9]{10}$/.test(text)) return { text };
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = (text.match(/../g) ?? []).map(Number);
  const local = wallTime(2000 + year, month, day, hour, minute);
  return local === undefined ? { text } : { text, local };
}

/** An answer with these records, as the monitor writes it. */
export function answerWith(records: readonly string[]): Uint8Array {
  const text = `${hex(records.length, 4)}0001${"9".repeat(24)}${records.join("")}`;
  return bytesOf(`${ack}${text}${hex(sum8(bytesOf(text)), 2)}`);
}

/** A record with these values; the time as `YYMMDDhhmm`. */
export function recordWith(time: string, systolic: number, diastolic: number, pulse: number): string {
  const bits = hex(systolic | (diastolic << 10) | (pulse << 20), 8);
  return `${time}000000${bits}${bits}`;
}
