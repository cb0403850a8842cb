import type { DiscardReason, Span } from "../../src/driver-kit/contract.ts";
import type { Frame } from "./frame.ts";

/** What the link layer asks of the session around it. */
export interface Out {
  write(bytes: Uint8Array): void;
  discard(span: Span, reason: DiscardReason, detail: string): void;
  /** Something broke the standard here, and was read all the same. */
  remark(span: Span, ...details: readonly string[]): void;
  /** Sets the one alarm; 0 takes it away. */
  arm(afterMs: number): void;
}

/** The layer above the link: it reads what frames carry. */
export interface Upper {
  /** A transfer begins: what an earlier one left unfinished is over. */
  begun(): void;
  /**
   * Takes the next frame, in order and free of errors. `hold`: the answer follows when it is known, and until then the
   * instrument is kept waiting. `refuse`: it cannot be read, and counts as not received.
   */
  take(frame: Frame): "accept" | "refuse" | "hold";
  /** The transfer is over. `closed`: by EOT, at this offset, with nothing missing. `broken`: something may be missing. */
  ended(how: "closed" | "broken", at: number): void;
  /** Whether a new transfer must wait. */
  busy(): boolean;
  /** A message given to `send` went over, or was given up. */
  sent(ok: boolean): void;
}

/** What carries records to the layer above: LIS01 frames, or bare records over TCP. */
export interface Line {
  data(bytes: Uint8Array): void;
  wake(): void;
  /** The answer to a frame that is held. */
  answer(ok: boolean): void;
  /** Sends a message, one text a frame, as soon as the line is free. */
  send(texts: readonly string[]): void;
  /** Says what is due to be said, and sets the alarm: to be called once all that an event brought is read. */
  settle(): void;
  close(): void;
  /** Nothing is under way, so that the alarm is free for others. */
  readonly quiet: boolean;
}
