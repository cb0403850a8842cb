/** A round of fewer changes is small: its fsync is its price. So many small rounds a second are made at once, about. */
const few = 8;
export const roundsASecond = 16;
/** After so long without a round the crowd has gone. */
const lapseMs = 1000;
/** With fewer new entries than this a whole wait was in vain. */
const company = 4;

/** So long a change may wait for others while many come one by one, in milliseconds. */
export const gatherMs = 500;
/** So many changes that wait are company enough. */
export const gatherMost = 32;

/** The passing of time, as the commit queue sees it: a steady clock in milliseconds, and an alarm that can be taken back. */
export interface Steady {
  nowMs(): number;
  after(ms: number, ring: () => void): () => void;
}

export const hostSteady: Steady = {
  nowMs: () => performance.now(),
  after(ms, ring) {
    const timer = setTimeout(ring, ms);
    return () => clearTimeout(timer);
  },
};

/** What one round of the commit queue was. */
export interface Round {
  readonly changes: number;
  /** Of these, how many brought something new. */
  readonly entries: number;
  /** Whether it had waited for company as long as it may: nothing cut that short. */
  readonly waited: boolean;
}

/**
 * When to commit at once, and when to wait for company. At a clinic's pace a reading is committed as it comes. Where
 * dozens of devices talk all the time, an fsync for each would wear the card out and take most of the processor's time:
 * after more small rounds than {@link roundsASecond}, changes that nobody waits for gather for {@link gatherMs}. That
 * ends with a wait that brought no company, or when nothing came for {@link lapseMs}.
 */
export class Pace {
  #credit = roundsASecond;
  #atMs = 0;
  #gathering = false;

  /** Whether what comes now is to wait for company. Times on any steady clock. */
  isGathering(nowMs: number): boolean {
    return this.#gathering && nowMs - this.#atMs < lapseMs;
  }

  made({ changes, entries, waited }: Round, nowMs: number): void {
    if (this.isGathering(nowMs)) {
      if (waited && entries < company) this.#begin();
    } else {
      if (this.#gathering) this.#begin();
      const refilled = this.#credit + ((nowMs - this.#atMs) * roundsASecond) / 1000;
      this.#credit = Math.min(refilled, roundsASecond) - (changes < few ? 1 : 0);
      this.#gathering = this.#credit < 1;
    }
    this.#atMs = nowMs;
  }

  #begin(): void {
    this.#gathering = false;
    this.#credit = roundsASecond;
  }
}
