import type { HostTime } from "../model/times.ts";

/** Pieces of the stream that are remembered: minutes of the busiest. */
const most = 4096;

/** When a byte came; `atLatest` where that is forgotten, and it came then or before. */
interface Arrived {
  readonly at: HostTime;
  readonly atLatest: boolean;
}

/**
 * When each byte of a session's input came. A finding may be reported long after its bytes (a frame that waited, a
 * silence that ended it, a disk that was full), and belongs to whoever was there when they came.
 */
export class Arrivals {
  readonly #pieces: { readonly to: number; readonly at: HostTime }[] = [];
  #length = 0;
  /** Of the bytes up to this offset it is forgotten when they came. */
  #forgotten = -1;

  /** The next bytes have come. */
  add(bytes: number, at: HostTime): void {
    this.#length += bytes;
    this.#pieces.push({ to: this.#length, at });
    if (this.#pieces.length > 2 * most) this.#forgotten = this.#pieces.splice(0, most).at(-1)?.to ?? this.#length;
  }

  /** When the byte before this offset came. */
  of(offset: number): Arrived | undefined {
    let low = 0;
    let high = this.#pieces.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#pieces[middle]?.to ?? 0) >= offset) high = middle;
      else low = middle + 1;
    }
    const at = this.#pieces[low]?.at;
    return at === undefined ? undefined : { at, atLatest: offset <= this.#forgotten };
  }
}
