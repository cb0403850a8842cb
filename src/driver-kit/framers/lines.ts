import type { DiscardReason } from "../contract.ts";
import { bytesOf } from "../text.ts";
import type { Framer, Piece } from "./piece.ts";

export interface LinesOptions {
  /** What ends a line, as Latin-1 text; whichever is complete first. After `\r` a `\n` is then an empty line. */
  readonly ends: readonly string[];
  /** The longest line without its end, in bytes. */
  readonly bound: number;
  /** Whether a silence ends a line too; otherwise a line without its end is cut. */
  readonly silenceEnds?: boolean;
  /** Whether frames hold the end of the line; spans always do. */
  readonly keepEnd?: boolean;
  /**
   * Whether a line may read as another one without its beginning (`72.5 kg` as `2.5 kg`). Then what follows a cut is
   * discarded up to the line's end, instead of being a line.
   */
  readonly restIsNoLine?: boolean;
  /** Whether the connection may begin within a line that would read as another one: up to the first end is noise. */
  readonly firstIsNoLine?: boolean;
}

/** Lines up to a terminator. Empty lines are frames of no bytes. A line beyond the bound is discarded up to its end. */
export function lines(options: LinesOptions): Framer {
  const { bound, silenceEnds = false, keepEnd = false, restIsNoLine = false, firstIsNoLine = false } = options;
  const ends = options.ends.map(bytesOf);
  if (ends.length === 0 || ends.some((end) => end.length === 0)) throw new RangeError("a line needs an end");
  const longestEnd = Math.max(...ends.map((end) => end.length));
  const isLast = new Uint8Array(256);
  for (const end of ends) isLast[end.at(-1) ?? 0] = 1;

  const limit = bound + longestEnd;
  const buffer = new Uint8Array(limit);
  let held = 0;
  let base = 0;
  /** Why everything up to the next end is no line. */
  let skipping: DiscardReason | undefined = firstIsNoLine ? "noise" : undefined;

  function finish(pieces: Piece[], endLength: number): void {
    const span = { from: base, to: base + held };
    if (skipping === undefined && held - endLength > bound) skipping = "too-long";
    if (skipping === undefined)
      pieces.push({ is: "frame", bytes: buffer.slice(0, keepEnd ? held : held - endLength), span });
    else pieces.push({ is: "discard", reason: skipping, span });
    base += held;
    held = 0;
    skipping = undefined;
  }

  function discard(pieces: Piece[], length: number, reason: DiscardReason): void {
    pieces.push({ is: "discard", reason, span: { from: base, to: base + length } });
    buffer.copyWithin(0, length, held);
    base += length;
    held -= length;
  }

  function endLength(): number {
    for (const end of ends) {
      if (held < end.length) continue;
      let i = 1;
      while (i <= end.length && buffer[held - i] === end[end.length - i]) i++;
      if (i > end.length) return end.length;
    }
    return 0;
  }

  return {
    push(chunk) {
      const pieces: Piece[] = [];
      for (const byte of chunk) {
        buffer[held++] = byte;
        const length = isLast[byte] === 1 ? endLength() : 0;
        if (length > 0) finish(pieces, length);
        else if (held === limit) {
          // As much stays as may turn out to be the beginning of the end mark.
          skipping ??= "too-long";
          discard(pieces, Math.max(1, held - longestEnd + 1), skipping);
        }
      }
      return pieces;
    },
    flush(because) {
      const pieces: Piece[] = [];
      if (held > 0) {
        if (silenceEnds && because === "silence") finish(pieces, 0);
        else {
          skipping ??= "cut";
          discard(pieces, held, skipping);
        }
      }
      if (silenceEnds || !restIsNoLine) skipping = undefined;
      return pieces;
    },
    get pending() {
      return held;
    },
    limit,
  };
}
