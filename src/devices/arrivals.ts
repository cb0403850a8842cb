import type { HostTime } from "../model/times.ts";

/** Pieces of the stream that are remembered; a scale that talks every second fills this in an hour. */
const most = 4096;

/**
 * When each byte of a session's input came. A finding may be reported long after its bytes (a frame that waited, a
 * silence that ended it, a disk that was full), and belongs to whoever was there when they came.
 */
export class Arrivals {
  readonly #pieces: { readonly to: number; readonly at: HostTime }[] = [];
  #length = 0;

  /** The next bytes have come. */
  add(bytes: number, at: HostTime): void {
    this.#length += bytes;
    this.#pieces.push({ to: this.#length, at });
    if (this.#pieces.length > 2 * most) this.#pieces.splice(0, most);
  }

  /** When the byte before this offset came; of what is long past, the earliest moment that is remembered. */
  of(offset: number): HostTime | undefined {
    let low = 0;
    let high = this.#pieces.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#pieces[middle]?.to ?? 0) >= offset) high = middle;
      else low = middle + 1;
    }
    return this.#pieces[low]?.at;
  }
}
