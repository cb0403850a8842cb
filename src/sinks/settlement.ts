import type { Journal, Outcome } from "../journal/journal.ts";
import type { Wake } from "./alarm.ts";

export interface SettlementParts {
  readonly journal: Pick<Journal, "settle">;
  readonly wake: Wake;
  /** So long may what was delivered wait for company, in milliseconds. */
  readonly gatherMs: number;
  /** These are on disk now. */
  readonly onSettled: (outcomes: readonly Outcome[]) => void;
  /** The journal would not take them; they are kept and tried again. */
  readonly onRefused: () => void;
}

/** After the journal failed to answer. */
const retryMs = 1000;
/** So many wait for no more. */
const company = 500;

/**
 * What became of deliveries, on its way into the journal. Outcomes that come while a commit is under way go with the
 * next one; sending does not wait for it. What was delivered waits a moment for others, so that a few readings a second
 * do not cost an fsync more for each; everything else is written down at once. What the journal refuses is kept and
 * tried again. If the gateway ends first, the same bytes are sent again under the same id.
 */
export class Settlement {
  readonly #parts: SettlementParts;
  #outcomes: Outcome[] = [];
  #underWay = 0;
  /** Counts what was handed to the journal; and how many were, when it last refused. */
  #handed = 0;
  #refusedAt: number | undefined;
  #closed = false;
  #urgent = false;
  #gathering: (() => void) | undefined;
  #retryEnds: () => void = () => undefined;

  constructor(parts: SettlementParts) {
    this.#parts = parts;
  }

  /** The journal has refused, and has not taken anything since. */
  get refused(): boolean {
    return this.#refusedAt !== undefined;
  }

  get idle(): boolean {
    return this.#underWay === 0;
  }

  add(outcome: Outcome): void {
    this.#outcomes.push(outcome);
    if (outcome.state !== "delivered") this.#urgent = true;
  }

  /** Hands over what is worth a commit of its own, once no other is under way; the rest gathers. */
  settle(): void {
    if (!this.idle || this.#outcomes.length === 0) return;
    const { gatherMs, wake } = this.#parts;
    if (gatherMs === 0 || this.#urgent || this.#outcomes.length >= company) this.flush();
    else this.#gathering ??= wake(gatherMs, () => this.flush());
  }

  /** Hands everything over now, also while a commit is under way. */
  flush(): void {
    if (!this.refused || this.#closed) this.#hand();
  }

  /** One last try, even where the journal had refused; after it nothing is kept. */
  close(): void {
    this.#closed = true;
    this.#retryEnds();
    this.#hand();
  }

  #hand(): void {
    this.#gathering?.();
    this.#gathering = undefined;
    const outcomes = this.#outcomes;
    if (outcomes.length === 0) return;
    this.#outcomes = [];
    this.#urgent = false;
    this.#underWay += 1;
    this.#handed += 1;
    const turn = this.#handed;
    this.#parts.journal.settle(outcomes).then(
      () => {
        this.#underWay -= 1;
        // One that was handed over before another was refused says nothing about what is kept since.
        if (this.#refusedAt !== undefined && turn > this.#refusedAt) this.#refusedAt = undefined;
        this.#parts.onSettled(outcomes);
      },
      () => {
        this.#underWay -= 1;
        if (!this.#closed) this.#keep(outcomes);
        this.#parts.onRefused();
      },
    );
  }

  #keep(outcomes: readonly Outcome[]): void {
    this.#refusedAt = this.#handed;
    this.#outcomes = [...outcomes, ...this.#outcomes];
    this.#urgent = true;
    this.#retryEnds();
    this.#retryEnds = this.#parts.wake(retryMs, () => this.#hand());
  }
}
