import type { Journal, Outcome } from "../journal/journal.ts";
import type { Wake } from "./alarm.ts";

export interface SettlementParts {
  readonly journal: Pick<Journal, "settle">;
  readonly wake: Wake;
  /** These are on disk now. */
  readonly onSettled: (outcomes: readonly Outcome[]) => void;
  /** The journal would not take them; they are kept and tried again. */
  readonly onRefused: () => void;
}

/** After the journal failed to answer. */
const retryMs = 1000;

/**
 * What became of deliveries, on its way into the journal. Outcomes that come while a commit is under way go with the
 * next one; sending does not wait for it. What the journal refuses is kept and tried again. If the gateway ends first,
 * the same bytes are sent again under the same id.
 */
export class Settlement {
  readonly #parts: SettlementParts;
  #outcomes: Outcome[] = [];
  #underWay = 0;
  #refused = false;
  #closed = false;
  #retryEnds: () => void = () => undefined;

  constructor(parts: SettlementParts) {
    this.#parts = parts;
  }

  /** The journal has refused, and has not taken anything since. */
  get refused(): boolean {
    return this.#refused;
  }

  get idle(): boolean {
    return this.#underWay === 0;
  }

  add(outcome: Outcome): void {
    this.#outcomes.push(outcome);
  }

  /** Hands everything over now, also while a commit is under way. */
  flush(): void {
    if (!this.#refused || this.#closed) this.#settle();
  }

  /** One last try, even where the journal had refused; after it nothing is kept. */
  close(): void {
    this.#closed = true;
    this.#retryEnds();
    this.#settle();
  }

  #settle(): void {
    const outcomes = this.#outcomes;
    if (outcomes.length === 0) return;
    this.#outcomes = [];
    this.#underWay += 1;
    this.#parts.journal.settle(outcomes).then(
      () => {
        this.#underWay -= 1;
        this.#refused = false;
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
    this.#refused = true;
    this.#outcomes = [...outcomes, ...this.#outcomes];
    this.#retryEnds();
    this.#retryEnds = this.#parts.wake(retryMs, () => this.#settle());
  }
}
