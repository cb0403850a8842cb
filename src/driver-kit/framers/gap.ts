import type { Framer, Piece } from "./piece.ts";

export interface GapOptions {
  /** The longest frame, in bytes. */
  readonly bound: number;
}

/**
 * A frame is what came between two silences: for instruments that mark neither start nor end. The session asks for a
 * wake after each chunk and calls `flush("silence")` when it rings. Use it only where the protocol offers nothing better.
 */
export function gap(options: GapOptions): Framer {
  let buffer = new Uint8Array(Math.min(64, options.bound));
  let held = 0;
  let base = 0;
  let overlong = false;

  function discard(pieces: Piece[], reason: "too-long" | "cut"): void {
    pieces.push({ is: "discard", reason, span: { from: base, to: base + held } });
    base += held;
    held = 0;
  }

  return {
    push(chunk) {
      const pieces: Piece[] = [];
      for (const byte of chunk) {
        if (held === options.bound) {
          overlong = true;
          discard(pieces, "too-long");
        }
        if (held === buffer.length) {
          const larger = new Uint8Array(Math.min(2 * held, options.bound));
          larger.set(buffer);
          buffer = larger;
        }
        buffer[held++] = byte;
      }
      return pieces;
    },
    flush(because) {
      const pieces: Piece[] = [];
      if (held > 0) {
        if (overlong) discard(pieces, "too-long");
        else if (because === "close") discard(pieces, "cut");
        else {
          pieces.push({ is: "frame", bytes: buffer.slice(0, held), span: { from: base, to: base + held } });
          base += held;
          held = 0;
        }
      }
      overlong = false;
      return pieces;
    },
    get pending() {
      return held;
    },
    limit: options.bound,
  };
}
