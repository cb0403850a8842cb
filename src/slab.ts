const slabBytes = 16_384;
/** Longer texts get memory of their own. */
const longest = slabBytes / 4;

/**
 * Encodes texts as UTF-8 into pieces of larger memory. A slab is free once none of its pieces is in use, so whoever
 * keeps pieces for another while than others do has one of its own: in the pool that Node keeps for all, one message
 * that waits for its receiver would hold the memory of everything that was written beside it.
 */
export class Slab {
  #memory = Buffer.alloc(0);
  #used = 0;

  encode(text: string): Uint8Array {
    const length = Buffer.byteLength(text);
    if (length > longest) return Buffer.from(text);
    if (this.#used + length > this.#memory.length) {
      this.#memory = Buffer.allocUnsafeSlow(slabBytes);
      this.#used = 0;
    }
    const from = this.#used;
    this.#used += this.#memory.write(text, from);
    return this.#memory.subarray(from, this.#used);
  }
}
