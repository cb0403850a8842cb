import { astmSum } from "../../src/driver-kit/checksums.ts";
import type { DiscardReason, Span } from "../../src/driver-kit/contract.ts";
import { latin1 } from "../../src/driver-kit/text.ts";
import { CR, ETB, ETX, forbidden, LF } from "./control.ts";
import type { Frame } from "./frame.ts";

export interface FrameRules {
  /** Longest text of a frame, in bytes. */
  readonly maxText: number;
  /** `crlf`: CR LF end a frame. `any`: either may be missing. */
  readonly frameEnd: "crlf" | "any";
}

export type FramePiece =
  | { readonly is: "frame"; readonly frame: Frame }
  /** `answer`: the instrument has come to the end of it and waits for a reply. */
  | {
      readonly is: "bad";
      readonly span: Span;
      readonly reason: DiscardReason;
      readonly detail: string;
      readonly answer: boolean;
    };

/**
 * `text`, `sum`, `tail` (the digits are there, CR LF are due), or `bad`: it will not become a frame, and all up to its
 * end is skipped.
 */
export type FramePhase = "idle" | "text" | "sum" | "tail" | "bad";

/**
 * Reads one frame at a time, byte by byte. STX, ENQ and EOT never stand inside a frame, so they are not pushed: who
 * meets one calls `interrupt`, and starts anew.
 */
export class FrameReader {
  readonly #rules: FrameRules;
  #phase: FramePhase = "idle";
  #from = 0;
  #bytes: number[] = [];
  #sum = "";
  #cr = false;
  #fault: { readonly reason: DiscardReason; readonly detail: string } = { reason: "malformed", detail: "" };
  /** Without STX: only an ETX or ETB shows that it was a frame at all. */
  #headless = false;
  #sawEnd = false;

  constructor(rules: FrameRules) {
    this.#rules = rules;
  }

  get phase(): FramePhase {
    return this.#phase;
  }

  /** STX came, at offset `at`. */
  start(at: number): void {
    this.#reset("text", at);
  }

  /** A byte came that may be the number of a frame whose STX was lost: it is followed to its end and refused there. */
  startHeadless(byte: number, at: number): void {
    this.#reset("text", at);
    this.#bytes.push(byte);
    this.#headless = true;
    this.#spoil("cut", "a frame's STX is missing");
  }

  push(byte: number, at: number): FramePiece | undefined {
    switch (this.#phase) {
      case "idle":
        return undefined;
      case "text":
        return this.#text(byte, at);
      case "sum":
        return this.#digit(byte, at);
      case "tail":
        return this.#tail(byte, at);
      case "bad":
        return this.#skip(byte, at);
      default:
        return this.#phase satisfies never;
    }
  }

  /** STX, ENQ or EOT came at offset `at`, which is not this frame's any more. */
  interrupt(at: number): FramePiece | undefined {
    if (this.#phase === "idle") return undefined;
    if (this.#phase === "tail" && this.#rules.frameEnd === "any") return this.#done(at, "a frame without CR LF");
    if (this.#phase !== "bad") this.#spoil("cut", "a frame without its end");
    return this.#refuse(at, false);
  }

  /** Nothing came for a while; `at` is the offset of the next byte. */
  silence(at: number): FramePiece | undefined {
    if (this.#phase === "idle") return undefined;
    if (this.#phase === "tail" && this.#rules.frameEnd === "any") return this.#done(at, "a frame without CR LF");
    if (this.#phase === "tail") this.#spoil("malformed", "a frame without CR LF");
    if (this.#phase !== "bad") this.#spoil("cut", "a frame without its end");
    return this.#refuse(at, !this.#headless || this.#sawEnd);
  }

  #text(byte: number, at: number): FramePiece | undefined {
    if (byte === LF) {
      this.#spoil("malformed", "a frame without ETX or ETB");
      return this.#refuse(at + 1, true);
    }
    if (byte === ETX || byte === ETB) {
      this.#bytes.push(byte);
      if (this.#bytes.length === 1) this.#spoil("malformed", "a frame without a number");
      else this.#phase = "sum";
      return undefined;
    }
    if (this.#bytes.length === 0 && !isFrameNumber(byte)) this.#spoil("malformed", "a frame without a number");
    else if (forbidden(byte)) this.#spoil("malformed", "a control character in a frame");
    else if (this.#bytes.length > this.#rules.maxText)
      this.#spoil("too-long", `a frame of more than ${this.#rules.maxText} characters`);
    else this.#bytes.push(byte);
    return undefined;
  }

  #digit(byte: number, at: number): FramePiece | undefined {
    if (!isHex(byte)) {
      this.#spoil("checksum", "a frame without its checksum");
      return this.#skip(byte, at);
    }
    this.#sum += String.fromCharCode(byte);
    if (this.#sum.length < 2) return undefined;
    if (this.#sum.toUpperCase() === astmSum(Uint8Array.from(this.#bytes))) this.#phase = "tail";
    else this.#spoil("checksum", "a frame whose checksum does not fit");
    return undefined;
  }

  #tail(byte: number, at: number): FramePiece | undefined {
    if (byte === CR && !this.#cr) {
      this.#cr = true;
      return undefined;
    }
    if (byte === LF && this.#cr) return this.#done(at + 1);
    if (byte === LF && this.#rules.frameEnd === "any") return this.#done(at + 1, "a frame without CR");
    this.#spoil("malformed", "a frame whose end is not CR LF");
    return this.#skip(byte, at);
  }

  #skip(byte: number, at: number): FramePiece | undefined {
    if (byte === LF) return this.#refuse(at + 1, !this.#headless || this.#sawEnd);
    if (byte === ETX || byte === ETB) this.#sawEnd = true;
    if (at - this.#from < this.#rules.maxText) return undefined;
    // No end in sight: what is skipped already is told, so that it is never pending without bound.
    const piece = this.#bad(at + 1, false);
    this.#from = at + 1;
    return piece;
  }

  #reset(phase: FramePhase, at: number): void {
    this.#phase = phase;
    this.#from = at;
    this.#bytes = [];
    this.#sum = "";
    this.#cr = false;
    this.#headless = false;
    this.#sawEnd = false;
  }

  #spoil(reason: DiscardReason, detail: string): void {
    this.#phase = "bad";
    this.#fault = { reason, detail };
  }

  #refuse(to: number, answer: boolean): FramePiece {
    this.#phase = "idle";
    return this.#bad(to, answer);
  }

  #bad(to: number, answer: boolean): FramePiece {
    const fault =
      this.#headless && !this.#sawEnd
        ? ({ reason: "noise", detail: "bytes that start no frame" } as const)
        : this.#fault;
    return { is: "bad", span: { from: this.#from, to }, ...fault, answer };
  }

  #done(to: number, ...remarks: string[]): FramePiece {
    this.#phase = "idle";
    const bytes = Uint8Array.from(this.#bytes);
    const frame: Frame = {
      number: (bytes[0] ?? 0) - 0x30,
      text: latin1(bytes.subarray(1, -1)),
      last: bytes.at(-1) === ETX,
      span: { from: this.#from, to },
      textFrom: this.#from + 2,
      remarks,
    };
    return { is: "frame", frame };
  }
}

/** The digits 0 to 7. */
export function isFrameNumber(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x37;
}

function isHex(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}
