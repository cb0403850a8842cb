import type { Claimed, Journal, Taker } from "../journal/journal.ts";
import type { Clock } from "../model/times.ts";
import type { Settlement } from "./settlement.ts";

/** Deliveries claimed at a time: many enough that the next claim is there before these are sent. */
const claimLimit = 500;
/** Deliveries taken as they are stored, at most, before newer ones are left in the queue. */
const takeLimit = 500;
/** With nothing to do, the journal is looked at again after so long, should a word of it ever be missed. */
const safetyMs = 30_000;
/** After the journal failed to answer. */
const journalRetryMs = 1000;

export interface IntakeParts {
  readonly sink: string;
  readonly journal: Pick<Journal, "claim" | "nextDue" | "attend">;
  readonly clock: Clock;
  readonly settlement: Settlement;
  /** No more than so many at once, and none that another run of the gateway may have sent: a person decides. */
  readonly askingWindow?: number;
  /** Whether what is claimed can be sent now. */
  readonly isOpen: () => boolean;
  /** Takes the place of what it was to be woken for before. */
  readonly sleep: (afterMs: number, ring: () => void) => void;
  /** The queue of the sink is empty. */
  readonly onEmpty: () => void;
  /** It was under way when another run of the gateway ended, and a person must look at it. */
  readonly onInterrupted: (delivery: Claimed) => void;
  /** Something has changed. */
  readonly step: () => void;
}

/**
 * What one sink has in hand and not sent yet, in order: taken as it was stored while nothing older can be in the queue,
 * else claimed from the queue. What goes back takes all later ones of its lane with it.
 */
export class Intake implements Taker {
  readonly #parts: IntakeParts;
  #held: Claimed[] = [];
  /** Whether a claim may find something. */
  #more = true;
  /** Whether the queue was looked into since a claim last found all that was due. */
  #looked = false;
  /** Nothing of this sink is in the queue, and nothing is on its way back there. */
  #drained = false;
  #asking = false;
  /** Counts the times when all went back: what was asked for before one is out of date after it. */
  #cleared = 0;
  /** Lanes one of whose deliveries went back since the claim under way was asked for. */
  #turnedBack = new Set<string>();

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    parts.journal.attend(parts.sink, this);
  }

  get busy(): boolean {
    return this.#asking;
  }

  next(): Claimed | undefined {
    return this.#held.shift();
  }

  /** There may be something in the queue. */
  stir(): void {
    this.#more = true;
    this.#looked = false;
    this.#drained = false;
  }

  queued(): void {
    this.stir();
    this.#parts.step();
  }

  room(): number {
    const { isOpen, settlement, askingWindow } = this.#parts;
    const takes = this.#drained && isOpen() && !settlement.refused && askingWindow === undefined;
    return takes ? takeLimit - this.#held.length : 0;
  }

  take(claimed: readonly Claimed[]): void {
    if (this.#drained && this.#parts.isOpen()) {
      for (const delivery of claimed) this.#held.push(delivery);
    } else {
      // A claim under way may have been asked before these are in the queue again: what it brings of their lanes is later.
      for (const { lane } of claimed) this.#turnedBack.add(lane);
      this.#giveBack(claimed);
    }
    this.#parts.step();
  }

  /** Everything back into the queue, untouched. */
  clear(): void {
    this.#giveBack(this.#held.splice(0));
    this.#cleared += 1;
  }

  /** One of this lane goes back into the queue: all later ones follow it. */
  turnBack(lane: string): void {
    this.stir();
    this.#turnedBack.add(lane);
    const later = this.#held.filter((held) => held.lane === lane);
    this.#held = this.#held.filter((held) => held.lane !== lane);
    this.#giveBack(later);
  }

  /** Claims where a claim may find something and few are left; else learns when to come again. */
  ask(underWay: number): void {
    const { settlement, askingWindow } = this.#parts;
    if (this.#asking || settlement.refused) return;
    const idle = this.#held.length + underWay === 0;
    // What is claimed when the power fails counts as unsure. If a person must look at each, no more than can be sent.
    const few = askingWindow === undefined ? this.#held.length <= claimLimit / 2 : idle;
    if (this.#more && few) void this.#claim(askingWindow ?? claimLimit);
    else if (!this.#more && !this.#looked && this.#held.length === 0) void this.#look();
    else if (this.#drained && idle) this.#rest();
  }

  async #claim(limit: number): Promise<void> {
    const { sink, journal, clock, settlement, isOpen, sleep } = this.#parts;
    this.#asking = true;
    this.#more = false;
    this.#turnedBack.clear();
    const cleared = this.#cleared;
    // What went back must be in the queue again before the queue is asked, or later ones would pass it.
    settlement.flush();
    try {
      const claimed = await journal.claim(sink, limit, clock.now().monotonicMs);
      if (claimed.length === limit) this.#more = true;
      const outOfDate = cleared !== this.#cleared || settlement.refused || !isOpen();
      for (const delivery of claimed) this.#accept(delivery, outOfDate || this.#turnedBack.has(delivery.lane));
    } catch {
      // The alarm is one: where the connection is down, it is the one that makes it again.
      if (isOpen()) sleep(journalRetryMs, () => this.queued());
      else this.stir();
    }
    this.#asking = false;
    this.#parts.step();
  }

  #accept(delivery: Claimed, outOfDate: boolean): void {
    if (outOfDate) this.#giveBack([delivery]);
    else if (delivery.interrupted && this.#parts.askingWindow !== undefined) this.#parts.onInterrupted(delivery);
    else this.#held.push(delivery);
  }

  /** All that may go now is in hand: learns when something falls due, or that there is nothing. */
  async #look(): Promise<void> {
    const { sink, journal, clock, settlement, isOpen, sleep, step } = this.#parts;
    this.#asking = true;
    this.#looked = true;
    settlement.flush();
    let afterMs = journalRetryMs;
    try {
      const due = await journal.nextDue(sink);
      this.#drained = due === undefined && !this.#more && isOpen() && !settlement.refused;
      if (due !== undefined) afterMs = Math.max(0, Math.min(safetyMs, due - clock.now().monotonicMs));
    } catch {
      // The journal says itself that it fails; here it is only asked again.
    }
    this.#asking = false;
    if (isOpen() && !this.#more && !this.#drained) sleep(afterMs, () => this.queued());
    else step();
  }

  /** The queue is known to be empty: whatever comes will be said. */
  #rest(): void {
    this.#parts.onEmpty();
    this.#parts.sleep(safetyMs, () => this.queued());
  }

  #giveBack(deliveries: readonly Claimed[]): void {
    if (deliveries.length === 0) return;
    const at = this.#parts.clock.now().wall;
    for (const { id } of deliveries) this.#parts.settlement.add({ id, at, state: "queued" });
    this.stir();
  }
}
