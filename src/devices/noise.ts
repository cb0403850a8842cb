import type { DiscardReason } from "../driver-kit/contract.ts";

/** So many bytes are judged together: three or four readings of a scale. */
const windowBytes = 64;

/** Whether a discard means that bytes were not understood; the other reasons name well-formed bytes. */
export function isNoise(reason: DiscardReason): boolean {
  switch (reason) {
    case "noise":
    case "too-long":
    case "cut":
    case "checksum":
    case "malformed":
      return true;
    case "duplicate":
    case "unsolicited":
    case "not-a-reading":
      return false;
  }
}

/**
 * Tells a wrong line speed from a bad byte now and then: noisy once more than half of the bytes of a window were not
 * understood, and good again after a window of which at least half was.
 */
export class NoiseWatch {
  #bytes = 0;
  #notUnderstood = 0;
  #noisy = false;

  get noisy(): boolean {
    return this.#noisy;
  }

  /** Counts what came and what of it, or of what came before, was not understood. */
  count(bytes: number, notUnderstood: number): void {
    this.#bytes += bytes;
    this.#notUnderstood += notUnderstood;
    if (this.#bytes < windowBytes) return;
    this.#noisy = this.#notUnderstood * 2 > this.#bytes;
    this.#bytes = 0;
    this.#notUnderstood = 0;
  }
}
