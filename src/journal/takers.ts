import type { Claimed, NewDelivery, Taker } from "./journal.ts";

/**
 * Who takes which sink's deliveries as they are stored. A delivery that is taken is written as `sending` at once: the
 * row is not changed, searched for and read again a moment later, which would cost more than storing it.
 */
export class Takers {
  readonly #takers = new Map<string, Taker>();

  /** From now on this one is asked about the deliveries of a sink; at most one is. */
  attend(sink: string, taker: Taker): void {
    this.#takers.set(sink, taker);
  }

  /**
   * Asks about deliveries that a transaction under way is to store, in their order: each sink's are taken all, or
   * queued all. Only results are taken: a withdrawal or correction may have to wait for another one.
   */
  ask(deliveries: readonly NewDelivery[]): Answer {
    const bySink = new Map<string, NewDelivery[]>();
    for (const delivery of deliveries) {
      const those = bySink.get(delivery.sink);
      if (those === undefined) bySink.set(delivery.sink, [delivery]);
      else those.push(delivery);
    }
    const taken = new Set<string>();
    for (const [sink, those] of bySink) {
      const room = this.#takers.get(sink)?.room() ?? 0;
      if (those.length <= room && those.every(({ purpose }) => purpose === "result")) taken.add(sink);
    }
    return {
      taken,
      stored: () => {
        for (const [sink, those] of bySink) {
          const taker = this.#takers.get(sink);
          if (taken.has(sink)) taker?.take(those.map(claimed));
          else taker?.queued();
        }
      },
    };
  }
}

interface Answer {
  /** The sinks whose deliveries are taken. */
  readonly taken: ReadonlySet<string>;
  /** To be called once the transaction is on disk, and only then: hands them over. */
  stored(): void;
}

function claimed({ id, lane, controlId, bytes }: NewDelivery): Claimed {
  return { id, lane, controlId, bytes, attempts: 0, mayBeDuplicate: false, interrupted: false };
}
