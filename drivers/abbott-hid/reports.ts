import type { DiscardReason } from "../../src/driver-kit/contract.ts";
import type { Framer, Piece } from "../../src/driver-kit/framers/piece.ts";
import { latin1 } from "../../src/driver-kit/text.ts";

/** Types of reports that are sent, and that are looked at. */
export const types = { begin: 0x01, begun: 0x71, text: 0x60, unknown: 0x30 } as const;

const reportLength = 64;
const most = 62;
/** Reports of a text: far more than a thousand results of some fifty characters need. */
const mostReports = 2048;
const ends = ["CMD OK\r\n", "CMD Fail!\r\n"] as const;
const longestEnd = 11;

/**
 * Replies of the meter: each the type, then the data. Reports are `type length data`, with zeros after it; a text goes
 * on over as many reports as it needs, up to the line that says how the command went. Reports of other types say that
 * the meter is alive, or more of itself than is asked.
 */
export function replyFramer(): Framer {
  let parts: Uint8Array[] = [];
  let tail = "";
  let taken = 0;
  let from = 0;

  function drop(reason: DiscardReason, to: number): readonly Piece[] {
    if (parts.length === 0) return [];
    parts = [];
    return [{ is: "discard", reason, span: { from, to } }];
  }

  function text(data: Uint8Array): readonly Piece[] {
    if (parts.length === 0) {
      from = taken - reportLength;
      tail = "";
      parts.push(Uint8Array.of(types.text));
    }
    parts.push(data.slice());
    tail = (tail + latin1(data.subarray(-longestEnd))).slice(-longestEnd);
    if (!ends.some((end) => tail.endsWith(end))) return bounded();
    const bytes = joined(parts);
    parts = [];
    return [{ is: "frame", bytes, span: { from, to: taken } }];
  }

  const bounded = () => (taken - from >= mostReports * reportLength ? drop("too-long", taken) : []);

  return {
    push(report) {
      if (report.length === 0) return [];
      const span = { from: taken, to: taken + report.length };
      taken = span.to;
      const [type = 0, count = 0] = report;
      if (report.length !== reportLength || count > most)
        return [...drop("cut", span.from), { is: "discard", reason: "malformed", span }];
      const data = report.subarray(2, 2 + count);
      if (type === types.text) return text(data);
      if (type === types.begun || type === types.unknown)
        return [...drop("cut", span.from), { is: "frame", bytes: Uint8Array.of(type, ...data), span }];
      // Signs of life may stand between the reports of a text, and go with it.
      return parts.length > 0 ? bounded() : [{ is: "discard", reason: "not-a-reading", span }];
    },
    flush: () => drop("cut", taken),
    get pending() {
      return parts.length === 0 ? 0 : taken - from;
    },
    limit: mostReports * reportLength,
  };
}

function joined(all: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(all.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of all) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A report as hidraw wants it: the id in front, which is 0, for these reports are not numbered. */
export function reportOf(type: number, data: Uint8Array = new Uint8Array()): Uint8Array {
  return Uint8Array.of(0, type, data.length, ...data, ...new Uint8Array(most - data.length));
}

/** A text as reports of the meter. */
export function textReports(text: Uint8Array): readonly Uint8Array[] {
  const reports: Uint8Array[] = [];
  for (let at = 0; at < text.length; at += most)
    reports.push(reportOf(types.text, text.subarray(at, at + most)).subarray(1));
  return reports;
}
