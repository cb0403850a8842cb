/**
 * Reads big-endian fields one after the other (MDER). It never throws: a read beyond the end gives zeros and leaves the
 * reader unsound, so what was read is to be used only where `sound` says so at the end.
 */
export class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #failed = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Whether every read was within the bytes, and nothing is left. */
  get sound(): boolean {
    return !this.#failed && this.#at === this.#bytes.length;
  }

  unsigned(width: 1 | 2 | 4): number {
    const to = this.#at + width;
    if (this.#failed || to > this.#bytes.length) {
      this.#failed = true;
      return 0;
    }
    let value = 0;
    while (this.#at < to) value = value * 256 + (this.#bytes[this.#at++] ?? 0);
    return value;
  }

  bytes(length: number): Uint8Array {
    const to = this.#at + length;
    if (this.#failed || to > this.#bytes.length) {
      this.#failed = true;
      return new Uint8Array();
    }
    const read = this.#bytes.subarray(this.#at, to);
    this.#at = to;
    return read;
  }

  /** An OCTET STRING: two bytes of length, and so many bytes. */
  octets(): Uint8Array {
    return this.bytes(this.unsigned(2));
  }

  /** A SEQUENCE OF: how many there are, how long they are together, and the entries, which must fill that length. */
  list<T>(read: (entries: Reader) => T): readonly T[] {
    const count = this.unsigned(2);
    const entries = new Reader(this.octets());
    const all: T[] = [];
    for (let i = 0; i < count && !entries.#failed; i++) all.push(read(entries));
    if (!entries.sound) this.#failed = true;
    return all;
  }
}

/** A number without a sign, most significant byte first. */
export function unsigned(bytes: Uint8Array): number {
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}

/** Two or four bytes of a number, most significant first. */
export function bigEndian(value: number, width: 2 | 4): readonly number[] {
  return Array.from({ length: width }, (_, i) => Math.floor(value / 256 ** (width - 1 - i)) % 256);
}

/** Hexadecimal digits as bytes. */
export function unhex(digits: string): Uint8Array {
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

/** Bytes as hexadecimal digits. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
