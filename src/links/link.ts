import type { Problem } from "../model/problem.ts";

/** A way to one instrument. Opening gives a connection; after a loss it is opened again for a new one. */
export interface Link {
  /** Where it leads, for people: `/dev/ttyUSB0`, `10.0.0.7:4001`. */
  readonly name: string;
  /** Whether `open` lasts until the instrument calls, as at a listening port. */
  readonly passive: boolean;
  /**
   * Opens it, or says why not. Never rejects. Once the signal is aborted the answer is of no interest.
   *
   * @param waiting called, if the link is passive, as soon as all is ready and only the instrument's call is missing.
   */
  open(signal: AbortSignal, waiting?: () => void): Promise<Opened>;
  /** Lets go of what is held between connections (a listening port). An open connection stays. */
  dispose(): void;
}

export type Opened =
  | { readonly ok: true; readonly connection: Connection }
  | { readonly ok: false; readonly problem: Problem };

/** One connection, open until it is closed or lost. What arrives before `start` waits. */
export interface Connection {
  /** What it is connected with, for people. */
  readonly name: string;
  /** What was asked of the port and could not be done, though it is open. */
  readonly notes: readonly string[];
  /** Starts the flow; called once. */
  start(events: ConnectionEvents): void;
  /**
   * Sends bytes after all those given before; to a HID device one report, of the kind named. Never throws; a far end
   * that takes nothing is lost in the end.
   */
  write(bytes: Uint8Array, as?: "feature-report"): void;
  /** Stops and resumes reading, so that the far end waits where the link has flow control. */
  pause(): void;
  resume(): void;
  /** Sends what is written, as far as the far end takes it at once, and closes. After it there are no more events. */
  close(): Promise<void>;
}

export interface ConnectionEvents {
  /** Some bytes; the receiver may keep them. */
  data(bytes: Uint8Array): void;
  /** The connection ended by itself: broken, or (a file) played to its end. At most once. */
  closed(ending: Ending): void;
}

export type Ending = { readonly reason: "lost"; readonly detail?: string } | { readonly reason: "ended" };

/** Bytes that may wait for a far end that takes none; beyond it the connection is given up as lost. */
export const writeBound = 256 * 1024;

/** A failed opening, in short. */
export function notOpened(code: Problem["code"], detail: string): Opened {
  return { ok: false, problem: { code, detail } };
}
