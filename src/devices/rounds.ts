import type { Timers } from "./timers.ts";

/** Calls that many devices ask for, each at its own moment, made together: so that the box wakes up once for all. */
export class Rounds {
  readonly #timers: Timers;
  readonly #roundMs: number;
  #calls = new Set<() => void>();
  #cancel: (() => void) | undefined;

  /** @param roundMs after the first that was asked for, all are made. */
  constructor(timers: Timers, roundMs: number) {
    this.#timers = timers;
    this.#roundMs = roundMs;
  }

  /** Calls once, with the round under way or the one that this begins, unless the function that it answers is called. */
  join(call: () => void): () => void {
    this.#calls.add(call);
    this.#cancel ??= this.#timers.after(this.#roundMs, () => this.#ring());
    return () => {
      this.#calls.delete(call);
      if (this.#calls.size > 0) return;
      this.#cancel?.();
      this.#cancel = undefined;
    };
  }

  #ring(): void {
    this.#cancel = undefined;
    const calls = this.#calls;
    this.#calls = new Set();
    for (const call of calls) call();
  }
}
