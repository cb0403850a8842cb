import { sum16 } from "../../src/driver-kit/checksums.ts";
import { lines } from "../../src/driver-kit/framers/lines.ts";
import type { Framer } from "../../src/driver-kit/framers/piece.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";
import { wallTime } from "../../src/driver-kit/wall-clock.ts";
import type { DeviceTime } from "../../src/model/times.ts";

/** A line as the checksum sees it, and its text without what ends it. */
export interface Line {
  readonly text: string;
  /** Sum of all its bytes, CR LF among them. */
  readonly sum: number;
}

/** Lines up to CR LF. Some meters wrap what they send in STX and ETX, which belong to nothing. */
export function lineFramer(): Framer {
  return lines({ ends: ["\r\n"], bound: 80, keepEnd: true });
}

export function decodeLine(frame: Uint8Array): Line {
  const wrapped = frame.includes(0x02) || frame.includes(0x03);
  const bytes = wrapped ? frame.filter((byte) => byte !== 0x02 && byte !== 0x03) : frame;
  // Some print CR LF LF after the count; the LF then stands before the next line.
  return { text: latin1(bytes).replace(/^\n/, "").slice(0, -2), sum: sum16(bytes) };
}

/** Lines as they go over the wire, with the last one that carries their sum. */
export function encodeDump(texts: readonly string[]): Uint8Array {
  const body = ["", ...texts].map((text) => `${text}\r\n`).join("");
  const sum = sum16(bytesOf(body)).toString(16).toUpperCase().padStart(4, "0");
  return bytesOf(`${body}0x${sum}  END\r\n`);
}

/** The meters' serial numbers, in all their makes. */
export const serialNumber =
  /^(?:[A-Z]-[0-9A-Z]{4}-[0-9A-Z]{5}|[A-Z]{3}[0-9A-Z]{4}-[0-9A-Z]{5}|[XC][A-Z][GM][0-9A-Z]{8})$/;

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A date as printed: a month of four characters or three, padded to the same width (`Mar  14 2021`, `June 14 2021`). */
export const date = "(?:[A-Z][a-z]{2} {2}|June |July )[0-9]{2} [0-9]{4}";

/** A time as printed, `Mar  14 2021 08:30`, with or without seconds. Always its text; the date where it is possible. */
export function deviceTime(text: string): DeviceTime {
  const [month = "", day, year, clock = ""] = text.split(/ +/);
  const [hour, minute, second] = clock.split(":").map(Number);
  const number = months.indexOf(month.slice(0, 3)) + 1;
  const local = wallTime(Number(year), number, Number(day), hour ?? -1, minute ?? -1, second);
  return { text, ...(local === undefined ? {} : { local }) };
}
