import type { Span } from "../../src/driver-kit/contract.ts";

/** Noise is told in pieces of at most so many bytes, so that it is never pending without bound. */
const MOST = 1024;

/** Bytes that start nothing, gathered into one span while they follow each other, however they were chunked. */
export class Noise {
  readonly #tell: (span: Span) => void;
  #from = 0;
  #to = 0;

  constructor(tell: (span: Span) => void) {
    this.#tell = tell;
  }

  get pending(): boolean {
    return this.#from < this.#to;
  }

  add(at: number): void {
    if (this.#to !== at) this.end();
    if (!this.pending) this.#from = at;
    this.#to = at + 1;
    if (this.#to - this.#from >= MOST) this.end();
  }

  /** Something else comes. */
  end(): void {
    if (this.pending) this.#tell({ from: this.#from, to: this.#to });
    this.#from = this.#to;
  }
}
