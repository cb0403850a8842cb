import { CR, LF } from "./control.ts";
import type { Line, Out, Upper } from "./line.ts";

/** So long without a byte, and what came of a message is all that comes of it. */
const SILENCE_MS = 30_000;

/**
 * Records over TCP without frames: each ends with CR, and nothing is acknowledged. With no checksum and no way to ask
 * for anything again, whatever is whole is handed on.
 */
export class BareRecords implements Line {
  readonly #maxText: number;
  readonly #upper: Upper;
  readonly #out: Out;
  #at = 0;
  #from = 0;
  #text = "";
  #skipping = false;
  #begun = false;
  #arm = false;

  constructor(maxText: number, upper: Upper, out: Out) {
    this.#maxText = maxText;
    this.#upper = upper;
    this.#out = out;
  }

  get quiet(): boolean {
    return !this.#begun && this.#text === "";
  }

  data(bytes: Uint8Array): void {
    for (const byte of bytes) this.#byte(byte, this.#at++);
    this.#arm = true;
  }

  wake(): void {
    this.#cut("a record without its end");
    if (this.#begun) this.#upper.ended("closed", this.#at);
    this.#begun = false;
  }

  answer(): void {}

  send(): void {
    this.#upper.sent(false);
  }

  settle(): void {
    if (this.#arm && !this.quiet) this.#out.arm(SILENCE_MS);
    this.#arm = false;
  }

  close(): void {
    this.wake();
  }

  #byte(byte: number, at: number): void {
    if (byte === LF && this.#text === "") {
      this.#from = at + 1;
      return;
    }
    if (this.#text === "") this.#from = at;
    this.#text += String.fromCharCode(byte);
    if (byte === CR) this.#record(at + 1);
    else if (this.#text.length > this.#maxText) {
      this.#skipping = true;
      this.#cut("a record longer than the bound");
    }
  }

  #record(to: number): void {
    const text = this.#text;
    const span = { from: this.#from, to };
    this.#text = "";
    if (this.#skipping) {
      this.#skipping = false;
      this.#out.discard(span, "too-long", "the rest of a record longer than the bound");
      return;
    }
    if (!this.#begun) this.#upper.begun();
    this.#begun = true;
    // A frame in name alone: what is above reads both alike.
    const taken = this.#upper.take({ number: 1, text, last: false, span, textFrom: span.from, remarks: [] });
    if (taken === "refuse") this.#begun = false;
  }

  #cut(detail: string): void {
    if (this.#text !== "") this.#out.discard({ from: this.#from, to: this.#from + this.#text.length }, "cut", detail);
    this.#text = "";
  }
}
