import { hex } from "../../src/driver-kit/checksums.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";
import { types } from "./reports.ts";

/** What a reply of the meter says. `lines` are those of a text whose sum is right, without what ends them. */
export type Reply =
  | { readonly is: "begun" }
  | { readonly is: "text"; readonly lines: readonly string[] }
  /** The meter did not do or not know what it was told. */
  | { readonly is: "failed" }
  | { readonly is: "damaged" };

/** CR and LF, as they count in a sum. */
const lineEnd = 0x0d + 0x0a;
const failure = "CMD Fail!\r\n";
const tail = /^CKSM:([0-9A-Fa-f]{8})\r\nCMD OK\r\n$/;
const tailLength = "CKSM:00000000\r\nCMD OK\r\n".length;

/** Reads a reply: `message CKSM:XXXXXXXX CR LF CMD OK CR LF`, where the sum is of the message's bytes. */
export function decodeReply(frame: Uint8Array): Reply {
  const [type] = frame;
  if (type === types.begun) return { is: "begun" };
  if (type !== types.text) return { is: "failed" };
  const text = frame.subarray(1);
  if (latin1(text.subarray(-failure.length)) === failure) return { is: "failed" };
  const body = text.subarray(0, Math.max(0, text.length - tailLength));
  const [, printed] = tail.exec(latin1(text.subarray(body.length))) ?? [];
  const message = latin1(body);
  if (printed?.toUpperCase() !== hex(sum32(body), 8) || !/^(?:[ -~]*\r\n)+$/.test(message)) return { is: "damaged" };
  return { is: "text", lines: message.slice(0, -2).split("\r\n") };
}

/** Lines as a text of the meter. */
export function encodeText(lines: readonly string[]): Uint8Array {
  const message = lines.map((line) => `${line}\r\n`).join("");
  return bytesOf(`${message}CKSM:${sumOf(lines)}\r\nCMD OK\r\n`);
}

/** The sum of lines with what ends them, as eight hex digits. */
export function sumOf(lines: readonly string[]): string {
  let sum = 0;
  for (const line of lines) {
    for (let at = 0; at < line.length; at++) sum += line.charCodeAt(at);
    sum += lineEnd;
  }
  return hex(sum >>> 0, 8);
}

/** A list of records: lines up to a last one that counts and sums them. Nothing where that does not fit. */
export function recordsOf(lines: readonly string[]): readonly string[] | undefined {
  if (lines.length === 1 && lines[0] === "Log Empty") return [];
  const records = lines.slice(0, -1);
  return lines.at(-1)?.toUpperCase() === `${records.length},${sumOf(records)}` ? records : undefined;
}

/** Sum of bytes, 32 bits wide. */
function sum32(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) sum = (sum + byte) >>> 0;
  return sum;
}
