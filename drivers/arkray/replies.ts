import { hex, sum8 } from "../../src/driver-kit/checksums.ts";
import type { Framer } from "../../src/driver-kit/framers/piece.ts";
import { search, type Verdict } from "../../src/driver-kit/framers/search.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";

/** Single bytes that both sides send. `command` takes a meter into the mode in which it answers commands. */
export const control = { eot: 0x04, enq: 0x05, ack: 0x06, nak: 0x15, command: 0x92 } as const;

/**
 * What a meter sends: a single byte, the header of its own report, or an answer `T|digits`, of which those with check
 * digits are guarded. Blank is what stands between: `|`, CR, LF.
 */
export type Reply =
  | { readonly is: "control"; readonly byte: number }
  | { readonly is: "header"; readonly text: string }
  | { readonly is: "answer"; readonly tag: string; readonly digits: string; readonly guarded: boolean }
  /** Its check digits are wrong. */
  | { readonly is: "damaged" }
  | { readonly is: "blank" };

const stx = 0x02;
const etb = 0x17;
const bar = 0x7c;
const checkLength = 2;
const mostHeader = 300;
const mostDigits = 40;
const singles: readonly number[] = [control.eot, control.enq, control.ack, control.nak];
const blanks: readonly number[] = [bar, 0x0d, 0x0a];

/** More single bytes in a row than any conversation has; what goes on beyond them is noise. */
const mostSingles = 16;

export function replyFramer(): Framer {
  let inRow = 0;
  let end = 0;
  return search({
    bound: 1 + mostHeader + 1 + checkLength,
    judge(view, at) {
      const [first = 0] = view;
      if (!singles.includes(first) && !blanks.includes(first)) return longer(view);
      inRow = at === end ? inRow + 1 : 1;
      end = at + 1;
      return { is: inRow > mostSingles ? "none" : "frame", length: 1 };
    },
  });
}

function longer(view: Uint8Array): Verdict {
  const [first = 0, second] = view;
  if (first === stx) return header(view);
  if (first < 0x41 || first > 0x5a) return { is: "none", length: 1 };
  if (second === undefined) return { is: "more" };
  return second === bar ? answer(view) : { is: "none", length: 1 };
}

/** `STX text ETB` and the check digits; the text is that of an ASTM record, with its CR. */
function header(view: Uint8Array): Verdict {
  for (let at = 1; at < view.length; at++) {
    const byte = view[at] ?? 0;
    if (byte === etb) return checked(view, at + 1);
    if (byte === stx) return { is: "cut", length: at };
    if ((byte !== 0x0d && (byte < 0x20 || byte > 0x7e)) || at > mostHeader) return { is: "none", length: 1 };
  }
  return { is: "more" };
}

/** `T|digits`, with ETB and check digits or without; what ends those without is not theirs. */
function answer(view: Uint8Array): Verdict {
  for (let at = 2; at < view.length; at++) {
    const byte = view[at] ?? 0;
    if (byte === etb) return checked(view, at + 1);
    if (isHex(byte)) {
      if (at >= 2 + mostDigits) return { is: "none", length: 1 };
      continue;
    }
    return at === 2 ? { is: "none", length: 1 } : { is: "frame", length: at };
  }
  return { is: "more" };
}

/** What reads up to `to` has check digits behind it. */
function checked(view: Uint8Array, to: number): Verdict {
  return view.length < to + checkLength ? { is: "more" } : { is: "frame", length: to + checkLength };
}

function isHex(byte: number): boolean {
  const letter = byte & 0xdf;
  return (byte >= 0x30 && byte <= 0x39) || (letter >= 0x41 && letter <= 0x46);
}

export function decodeReply(frame: Uint8Array): Reply {
  const [first = 0] = frame;
  if (singles.includes(first)) return { is: "control", byte: first };
  if (blanks.includes(first)) return { is: "blank" };
  const guarded = frame.at(-1 - checkLength) === etb;
  const text = latin1(guarded ? frame.subarray(0, -1 - checkLength) : frame);
  if (guarded && latin1(frame.subarray(-checkLength)).toUpperCase() !== checkDigits(text)) return { is: "damaged" };
  if (first === stx) return { is: "header", text: text.slice(1) };
  return { is: "answer", tag: text.slice(0, 1), digits: text.slice(2), guarded };
}

/** A text up to ETB with its check digits. For simulated meters. */
export function guard(text: string): string {
  return `${text}\x17${checkDigits(text)}`;
}

/** The sum of a text and ETB, without STX. */
function checkDigits(text: string): string {
  const summed = text.startsWith("\x02") ? text.slice(1) : text;
  return hex(sum8(bytesOf(`${summed}\x17`)), checkLength);
}
