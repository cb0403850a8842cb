import { hex, sum8 } from "../../src/driver-kit/checksums.ts";
import { uartReports } from "../../src/driver-kit/cp2110.ts";
import type { Framer } from "../../src/driver-kit/framers/piece.ts";
import { search, type Verdict } from "../../src/driver-kit/framers/search.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";

/** What a meter sends: a message, or the end of a line between two of them. */
export type Reply = { readonly is: "message"; readonly text: string } | { readonly is: "blank" };

/** `(text)` and the low byte of the sum of all that in hex. */
const opens = 0x28;
const closes = 0x29;
const checkLength = 2;
/** A result has 19 characters; nothing known is longer. */
const mostText = 80;
const bound = mostText + 2 + checkLength;
/** More ends of lines in a row are noise. */
const mostBlanks = 4;

/** The first byte of everything that is sent to a meter. */
const requestMark = 0xa0;
const reportLength = 64;

/** Messages out of reports, the first byte of which says how many of the others count: the rest is left from before. */
export function messageFramer(): Framer {
  let inRow = 0;
  let end = 0;
  return uartReports(
    search({
      bound,
      judge(view, at) {
        if (view[0] !== 0x0d && view[0] !== 0x0a) return message(view);
        inRow = at === end ? inRow + 1 : 1;
        end = at + 1;
        return { is: inRow > mostBlanks ? "none" : "frame", length: 1 };
      },
    }),
  );
}

function message(view: Uint8Array): Verdict {
  const [first = 0] = view;
  if (first !== opens) return { is: "none", length: 1 };
  for (let at = 1; at < view.length; at++) {
    const byte = view[at] ?? 0;
    if (byte === closes) return closed(view, at + 1);
    if (byte === opens) return { is: "cut", length: at };
    if (byte < 0x20 || byte > 0x7e || at > mostText) return { is: "none", length: 1 };
  }
  return { is: "more" };
}

function closed(view: Uint8Array, length: number): Verdict {
  const total = length + checkLength;
  if (view.length < total) return { is: "more" };
  const isRight = latin1(view.subarray(length, total)) === hex(sum8(view.subarray(0, length)), checkLength);
  return isRight ? { is: "frame", length: total } : { is: "bad", length: total, reason: "checksum" };
}

export function decodeReply(frame: Uint8Array): Reply {
  return frame.length === 1 ? { is: "blank" } : { is: "message", text: latin1(frame.subarray(1, -1 - checkLength)) };
}

/** A message with its check digits, as both sides write it. */
export function encodeMessage(text: string): Uint8Array {
  const body = `(${text})`;
  return bytesOf(body + hex(sum8(bytesOf(body)), checkLength));
}

/** A message to a meter as hidraw wants it: the id in front, which is 0, for these reports are not numbered. */
export function requestReport(text: string): Uint8Array {
  const message = encodeMessage(text);
  const report = new Uint8Array(1 + reportLength);
  report.set([0, requestMark, message.length, ...message]);
  return report;
}

/** The message of a report that was written for a meter. */
export function requestOf([, , length = 0, ...data]: Uint8Array): string {
  return latin1(Uint8Array.from(data.slice(0, length))).slice(1, -1 - checkLength);
}

/** Reports of a meter, which sends no more than eight bytes in one. */
export function messageReports(texts: readonly string[]): readonly Uint8Array[] {
  const bytes = texts.flatMap((text) => [...encodeMessage(text), 0x0d, 0x0a]);
  const reports: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += 8) {
    const part = bytes.slice(at, at + 8);
    const report = new Uint8Array(reportLength);
    report.set([part.length, ...part]);
    reports.push(report);
  }
  return reports;
}
