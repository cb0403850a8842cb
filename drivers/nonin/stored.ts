import { sum8 } from "../../src/driver-kit/checksums.ts";
import type { Finding, Span } from "../../src/driver-kit/contract.ts";
import { lengthPrefixed } from "../../src/driver-kit/framers/length-prefixed.ts";
import type { Framer } from "../../src/driver-kit/framers/piece.ts";
import { wallTime } from "../../src/driver-kit/wall-clock.ts";
import type { DeviceTime } from "../../src/model/times.ts";
import { missing } from "./measured.ts";

const header = 6;
const most = 256;
const status = { noMeasurement: 0x0100, smartPoint: 0x0200, memory: 0x0010, lowBattery: 0x0001 };

/** Asks for the oximeter's clock. The commands that set it, and that choose the format, are not in this driver. */
export const askClock = Uint8Array.of(0x02, 0x72, 0x00, 0x03);

/**
 * Cuts measurements of format 13, `00 02 00 0D`, a length and data closed by their sum and ETX, and the answer to
 * `askClock`, `02 F2 06` and six binary bytes closed by ETX.
 */
export function storedFramer(): Framer {
  return lengthPrefixed({
    starts: ["\x00\x02\x00\x0d", "\x02\xf2\x06"],
    header,
    total(head) {
      if (head[0] === 0x02) return 10;
      const data = ((head[4] ?? 0) << 8) | (head[5] ?? 0);
      return data >= 14 && data <= most ? header + data + 2 : undefined;
    },
    check(frame) {
      if (frame.at(-1) !== 0x03) return "malformed";
      if (frame[0] === 0x02) return clockOf(frame) === undefined ? "malformed" : "ok";
      return sum8(frame.subarray(header, -2)) === frame.at(-2) ? "ok" : "checksum";
    },
    bound: header + most + 2,
  });
}

/** The oximeter's clock, if this frame is that; none for a moment that is in no calendar. */
export function clockOf(frame: Uint8Array): DeviceTime | undefined {
  if (frame[0] !== 0x02) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = frame.subarray(3);
  const local = wallTime(2000 + year, month, day, hour, minute, second);
  return local === undefined ? undefined : { text: local.replace("T", " "), local };
}

/**
 * The pulse and the saturation of one spot check, or the two as absent where it came to none. Nothing where the fields
 * break the documented form. Its time makes it this one result, however often the oximeter sends its memory.
 */
export function storedFindings(frame: Uint8Array, span: Span): readonly Finding[] | undefined {
  const data = frame.subarray(header, -2);
  const time = timeOf(data.subarray(0, 8));
  const word = (at: number) => ((data[at] ?? 0) << 8) | (data[at + 1] ?? 0);
  const flags = word(8);
  const pulse = word(10);
  const saturation = data[13] ?? 0;
  const has = (bit: number) => (flags & bit) !== 0;
  if (time === undefined || pulse > missing.pulse || (saturation > 100 && saturation !== missing.saturation))
    return undefined;

  const said = [
    ...(has(status.smartPoint) ? ["SmartPoint"] : []),
    ...(has(status.memory) ? ["from memory"] : []),
    ...(has(status.lowBattery) ? ["low battery"] : []),
  ];
  const none = (value: number, sentinel: number) => has(status.noMeasurement) || value === sentinel || value === 0;
  const finding = (channel: string, value: number, sentinel: number): Finding => ({
    channel,
    value: none(value, sentinel)
      ? { kind: "absent", reason: "not-measured", text: String(value) }
      : { kind: "number", text: String(value) },
    kind: "patient",
    group: "oximetry",
    deviceTime: time,
    ...(said.length === 0 ? {} : { flags: said }),
    identity: time.text,
    span,
  });
  return [finding("SPO2", saturation, missing.saturation), finding("PULSE", pulse, missing.pulse)];
}

/** Century, year, month, day, hours, minutes, seconds and a fraction, each two decimal digits in a byte. */
function timeOf(bytes: Uint8Array): DeviceTime | undefined {
  const parts = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"));
  if (parts.some((part) => !/^[0-9]{2}$/.test(part))) return undefined;
  const [century, year, month, day, hour, minute, second, fraction] = parts;
  const local = wallTime(
    Number(`${century}${year}`),
    Number(month),
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  const text = `${century}${year}-${month}-${day} ${hour}:${minute}:${second}.${fraction}`;
  return local === undefined ? { text } : { text, local };
}
