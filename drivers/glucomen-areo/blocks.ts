import { crc8Maxim, hex } from "../../src/driver-kit/checksums.ts";
import type { DiscardReason, Span } from "../../src/driver-kit/contract.ts";
import { lines } from "../../src/driver-kit/framers/lines.ts";
import type { Framer } from "../../src/driver-kit/framers/piece.ts";
import type { Heard, Question } from "../../src/driver-kit/memory-session.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";

/** A line without its CR LF, and the bytes that the checksum sees. */
export interface Line {
  readonly text: string;
  readonly bytes: Uint8Array;
}

/** A block's lines, or why there is none; `spans` are then what came of it. */
export type Block =
  | { readonly is: "whole"; readonly lines: readonly Heard<Line>[] }
  | { readonly is: "bad"; readonly reason: DiscardReason; readonly spans: readonly Span[] };

/** More lines than any block can have. */
const mostLines = 2000;
/** What stands for the checksum where the memory is empty. */
const emptyMark = "\x90=";

export function lineFramer(): Framer {
  return lines({ ends: ["\r\n"], bound: 100, keepEnd: true });
}

export function decodeLine(frame: Uint8Array): Line {
  return { text: latin1(frame.subarray(0, -2)), bytes: frame };
}

/** A block as it goes over the wire: `[`, lines, CRC-8/MAXIM of all before it in hex, `]`, each with CR LF. */
export function encodeBlock(texts: readonly string[]): Uint8Array {
  const body = ["[", ...texts].map((text) => `${text}\r\n`).join("");
  const check = texts.length === 0 ? emptyMark : hex(crc8Maxim(bytesOf(body)), 2);
  return bytesOf(`${body}${check}\r\n]\r\n`);
}

/** Reads one block, begun by `first`; nothing where none comes. */
export function* block(
  first: Question<Line>,
  pauseMs: number,
): Generator<Question<Line>, Block | undefined, Heard<Line> | undefined> {
  const spans: Span[] = [];
  const heard: Heard<Line>[] = [];
  const bad = (reason: DiscardReason): Block => ({ is: "bad", reason, spans });
  const next: Question<Line> = { writes: [], waitMs: pauseMs, pauseMs, accepts: () => true };

  let crc = 0;
  let closed: "ok" | "checksum" | undefined;
  for (let line = yield first; line !== undefined; line = yield next) {
    const { text, bytes } = line.reply;
    spans.push(line.span);
    if (spans.length > mostLines) return bad("too-long");
    if (closed !== undefined) {
      if (text !== "]") return bad("malformed");
      return closed === "ok" ? { is: "whole", lines: heard } : bad(closed);
    }
    if (spans.length === 1) {
      if (text !== "[") return bad("malformed");
    } else if (text === emptyMark) closed = heard.length === 0 ? "ok" : "checksum";
    else if (/^[0-9A-F]{2}$/.test(text)) closed = Number.parseInt(text, 16) === crc ? "ok" : "checksum";
    else heard.push(line);
    if (closed === undefined) crc = crc8Maxim(bytes, crc);
  }
  return spans.length === 0 ? undefined : bad("cut");
}
