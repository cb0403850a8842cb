import type { Purpose } from "../journal/journal.ts";
import type { Observation } from "../model/observation.ts";
import type { ProblemCode } from "../model/problem.ts";
import type { Instant } from "../model/times.ts";

/** A destination: how a message for it is written, and how it gets there. One folder each. */
export interface Sink {
  readonly id: string;
  /** How many messages may be under way at once; 1 keeps strict order on the wire. */
  readonly window: number;
  /** Writes a message, once, when its delivery row is made. Pure: the same content gives the same bytes. */
  encode(content: Content): Uint8Array;
  /** Makes the connection ready, or says why not. Called again after it broke; never throws. */
  connect(): Promise<SendResult>;
  /** Hands one message over and waits for its acknowledgement. Never throws. */
  send(message: {
    readonly controlId: string;
    readonly bytes: Uint8Array;
    readonly mayBeDuplicate: boolean;
  }): Promise<SendResult>;
  close(): Promise<void>;
}

/** All that a message is made of. Observations share one subject, one device and one group. */
export interface Content {
  readonly controlId: string;
  /** When the message was made (MSH-7). */
  readonly at: Instant;
  readonly site: string;
  readonly gateway: string;
  readonly timezone: string;
  readonly purpose: Purpose;
  readonly observations: readonly Observation[];
}

export type SendResult =
  | { readonly ok: true; readonly answer?: string }
  | { readonly ok: false; readonly code: ProblemCode; readonly answer?: string };
