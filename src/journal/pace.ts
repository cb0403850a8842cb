/** So many small rounds a second are made at once, about. */
const roundsASecond = 16;
/** A round of fewer changes is small: its fsync is its price. */
const few = 8;
/** With fewer new entries than this the wait was in vain. */
const company = 4;
/** After a wait in vain, so many small rounds are made at once before another is tried. */
const roundsAfterVain = 200;

/** So long a change may wait for others while many come one by one, in milliseconds. */
export const gatherMs = 500;
/** So many changes that wait are company enough. */
export const gatherMost = 32;

/**
 * When to commit at once, and when to wait for company. At a clinic's pace a reading is committed as it comes. Where
 * dozens of devices talk all the time, an fsync for each would wear the card out and take most of the processor's time:
 * after more small rounds than {@link roundsASecond}, changes gather for {@link gatherMs}. A single instrument that
 * waits for each answer before it goes on gains no company by waiting, so that one wait in vain ends it.
 */
export class Pace {
  #credit = roundsASecond;
  #atMs = 0;
  #gathering = false;

  /** Whether the next round is to wait for company. */
  get gathering(): boolean {
    return this.#gathering;
  }

  /** A round was made of so many changes, and so many of them brought something new. */
  made(changes: number, entries: number, nowMs: number): void {
    if (this.#gathering) {
      if (entries >= company) return;
      this.#gathering = false;
      this.#credit = roundsAfterVain;
    } else {
      const refilled = this.#credit + ((nowMs - this.#atMs) * roundsASecond) / 1000;
      this.#credit = Math.max(this.#credit, Math.min(refilled, roundsASecond));
      if (changes < few) this.#credit -= 1;
      this.#gathering = this.#credit < 1;
    }
    this.#atMs = nowMs;
  }
}
