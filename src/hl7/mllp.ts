/**
 * MLLP release 1: a block is VT, the message, FS, CR. Release 2's one-byte commit blocks come through as blocks.
 */
const vt = 0x0b;
const fs = 0x1c;
const cr = 0x0d;
const lf = 0x0a;

/** What a stream turned out to be: a message, or bytes that are none. Offsets `[from, to)` count from its beginning. */
export type MllpPiece =
  /** `bytes` may share memory with the chunk that completed it. */
  | { readonly kind: "block"; readonly bytes: Uint8Array; readonly from: number; readonly to: number }
  | { readonly kind: "discard"; readonly reason: MllpDiscard; readonly from: number; readonly to: number };

/** `noise`: outside of a block. `cut`: a block that began anew, or never ended. `too-long`: beyond the bound. */
type MllpDiscard = "noise" | "cut" | "too-long";

/** Message and frame together may be this long unless said otherwise: 16 MiB, for documents travel inside of messages. */
const defaultMllpBound = 16 * 1024 * 1024;

/**
 * Takes a byte stream apart into MLLP blocks. Any chunking gives the same pieces; every byte is in one piece, but for CR
 * and LF between blocks; no more than `bound` bytes are held. A block is complete at its FS: the CR that should follow
 * is not waited for, as some senders leave it out. A VT inside of a block means that the earlier block lost its end:
 * it is discarded, and the new one read.
 */
export class MllpFramer {
  readonly #bound: number;
  /** Bytes seen before the chunk at hand. */
  #seen = 0;
  /** Where the block or the noise at hand began. */
  #from = 0;
  #state: "between" | "noise" | "block" | "overlong" = "between";
  #held = new Uint8Array(0);
  #heldLength = 0;

  constructor(bound = defaultMllpBound) {
    this.#bound = bound;
  }

  /** How many bytes of an unfinished block are held. */
  get pending(): number {
    return this.#heldLength;
  }

  /** Whether the stream stands in bytes that are outside of any block; they are a piece only once they end. */
  get inNoise(): boolean {
    return this.#state === "noise";
  }

  push(chunk: Uint8Array): readonly MllpPiece[] {
    const pieces: MllpPiece[] = [];
    // Where the content of the block at hand begins in this chunk.
    let content = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i];
      const at = this.#seen + i;
      if (byte === vt) {
        this.#giveUp(pieces, at);
        this.#state = "block";
        this.#from = at;
        content = i + 1;
      } else if (this.#state === "block") {
        if (byte === fs) {
          const bytes = this.#complete(chunk.subarray(content, i));
          pieces.push({ kind: "block", bytes, from: this.#from, to: at + 1 });
          this.#state = "between";
        } else if (at + 1 - this.#from >= this.#bound) {
          this.#heldLength = 0;
          this.#state = "overlong";
        }
      } else if (this.#state === "between" && byte !== cr && byte !== lf) {
        this.#state = "noise";
        this.#from = at;
      }
    }
    if (this.#state === "block") this.#hold(chunk.subarray(content));
    this.#seen += chunk.length;
    return pieces;
  }

  /** The stream is over: what was left of it. */
  end(): readonly MllpPiece[] {
    const pieces: MllpPiece[] = [];
    this.#giveUp(pieces, this.#seen);
    this.#state = "between";
    return pieces;
  }

  #giveUp(pieces: MllpPiece[], to: number): void {
    if (this.#state === "between") return;
    const reason = this.#state === "block" ? "cut" : this.#state === "overlong" ? "too-long" : "noise";
    pieces.push({ kind: "discard", reason, from: this.#from, to });
    this.#heldLength = 0;
  }

  #complete(rest: Uint8Array): Uint8Array {
    if (this.#heldLength === 0) return rest;
    this.#hold(rest);
    const bytes = this.#held.slice(0, this.#heldLength);
    this.#heldLength = 0;
    // What one long message needed is not kept for ever.
    if (this.#held.length > 65_536) this.#held = new Uint8Array(0);
    return bytes;
  }

  #hold(part: Uint8Array): void {
    const length = this.#heldLength + part.length;
    if (length > this.#held.length) {
      const larger = new Uint8Array(Math.max(length, Math.min(2 * this.#held.length, this.#bound), 512));
      larger.set(this.#held.subarray(0, this.#heldLength));
      this.#held = larger;
    }
    this.#held.set(part, this.#heldLength);
    this.#heldLength = length;
  }
}

/** A message in its frame, ready to be written in one piece. */
export function mllpBlock(message: Uint8Array): Uint8Array {
  const block = new Uint8Array(message.length + 3);
  block[0] = vt;
  block.set(message, 1);
  block[message.length + 1] = fs;
  block[message.length + 2] = cr;
  return block;
}
