import type { DiscardReason, Span } from "../contract.ts";

/** What a framer makes of its input, in the input's order: a frame, or bytes that are none and why. */
export type Piece =
  | { readonly is: "frame"; readonly bytes: Uint8Array; readonly span: Span }
  | { readonly is: "discard"; readonly reason: DiscardReason; readonly span: Span };

/**
 * Cuts a stream of bytes into frames. Every framer keeps four laws:
 *
 * - the same pieces for every chunking of the same bytes;
 * - every byte is in exactly one piece's span, or pending;
 * - `pending` is never above `limit`, whatever comes;
 * - after any garbage the next good frame is found.
 *
 * Spans count from the session's opening, so one framer serves one session. Bytes of a frame are a copy.
 */
export interface Framer {
  push(chunk: Uint8Array): readonly Piece[];
  /**
   * Settles what is pending: nothing more belongs to it. `silence`: the line was quiet for as long as the session
   * allows. `close`: the connection ended, or the session begins anew; then nothing pending becomes a frame by itself.
   */
  flush(because: "silence" | "close"): readonly Piece[];
  /** How many bytes were taken in and are in no piece yet. */
  readonly pending: number;
  /** The most that `pending` can reach. */
  readonly limit: number;
}
