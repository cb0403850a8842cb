import type { Framer, Piece } from "./piece.ts";

const sliceLength = 256;

/**
 * What a framer makes of a chunk. A long one is given to it slice by slice, which makes the same pieces: so those of one
 * slice are gone before the next, and a flood of tiny frames costs far less than to hold all of them at once.
 */
export function* inSlices(framer: Framer, chunk: Uint8Array): Iterable<Piece> {
  for (let from = 0; from < chunk.length; from += sliceLength)
    yield* framer.push(chunk.subarray(from, from + sliceLength));
}
