import type { DiscardReason } from "../../src/driver-kit/contract.ts";
import type { Framer, Piece } from "../../src/driver-kit/framers/piece.ts";
import { endsFrame } from "./frames.ts";

/** `ABC`, in front of every report, in both directions. */
const head = [0x41, 0x42, 0x43] as const;
const most = 60;
const reportLength = 64;
/** The longest message: more than any header that is known. */
const bound = 1024;

/**
 * Messages, from reports of `41 42 43 length data`, zeros after it. A message goes on while its reports are full, unless
 * a frame ends with the report. STX, EOT and ENQ stand in no text: at the front of a report they begin a new message.
 */
export function messageFramer(): Framer {
  let begun: Uint8Array = new Uint8Array();
  let from = 0;
  let taken = 0;

  function drop(reason: DiscardReason): readonly Piece[] {
    if (begun.length === 0) return [];
    begun = new Uint8Array();
    return [{ is: "discard", reason, span: { from, to: startOfReport() } }];
  }
  let last = 0;
  const startOfReport = (): number => taken - last;

  return {
    push(report) {
      if (report.length === 0) return [];
      last = report.length;
      taken += last;
      const span = { from: startOfReport(), to: taken };
      const length = report[3] ?? 0;
      if (length > most || report.length < 4 + length || head.some((byte, i) => report[i] !== byte))
        return [...drop("cut"), { is: "discard", reason: "malformed", span }];
      const data = report.subarray(4, 4 + length);
      const [first] = data;
      // It may close a message whose last report was full; that one has been told already.
      if (first === undefined && begun.length === 0) return [{ is: "discard", reason: "not-a-reading", span }];
      const left = first === 0x02 || first === 0x04 || first === 0x05 ? drop("cut") : [];
      if (begun.length === 0) from = span.from;
      begun = joined(begun, data);
      if (length === most && !endsFrame(begun)) {
        if (begun.length <= bound - most) return left;
        begun = new Uint8Array();
        return [...left, { is: "discard", reason: "too-long", span: { from, to: taken } }];
      }
      const bytes = begun;
      begun = new Uint8Array();
      return [...left, { is: "frame", bytes, span: { from, to: taken } }];
    },
    flush() {
      last = 0;
      return drop("cut");
    },
    get pending() {
      return begun.length === 0 ? 0 : taken - from;
    },
    limit: Math.ceil(bound / most) * reportLength,
  };
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

/** Bytes of a message as reports: hidraw wants the id in front, which is 0, for these reports are not numbered. */
export function reportsOf(message: Uint8Array, to: "meter" | "host" = "meter"): readonly Uint8Array[] {
  const reports: Uint8Array[] = [];
  const id = to === "meter" ? [0] : [];
  for (let at = 0; at < message.length; at += most) {
    const data = message.subarray(at, at + most);
    reports.push(Uint8Array.of(...id, ...head, data.length, ...data, ...new Uint8Array(most - data.length)));
  }
  return reports;
}
