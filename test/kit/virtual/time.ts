import type { Timers } from "../../../src/devices/timers.ts";
import type { Clock, HostTime } from "../../../src/model/times.ts";

interface Alarm {
  readonly at: number;
  readonly order: number;
  readonly ring: () => void;
}

/** Time that passes when the test says so: the clock and the timers of the gateway and of its instruments. */
export class VirtualTime implements Clock, Timers {
  readonly #start: number;
  readonly #alarms = new Set<Alarm>();
  #ms = 0;
  #order = 0;

  /** @param start the wall clock at the beginning, in milliseconds since 1970. */
  constructor(start: number) {
    this.#start = start;
  }

  /** Milliseconds since the beginning. */
  get ms(): number {
    return this.#ms;
  }

  now(): HostTime {
    const wall = new Date(this.#start + this.#ms).toISOString();
    return { wall, monotonicMs: 1_000_000 + this.#ms, boot: "boot-1", quality: "synchronised" };
  }

  after(ms: number, ring: () => void): () => void {
    const alarm = { at: this.#ms + Math.max(0, ms), order: this.#order++, ring };
    this.#alarms.add(alarm);
    return () => void this.#alarms.delete(alarm);
  }

  /** Lets time pass, from alarm to alarm; after each, `settle` lets what it set off come to rest. */
  async advance(ms: number, settle: () => Promise<void>): Promise<void> {
    const end = this.#ms + ms;
    await settle();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#ms = next.at;
      this.#alarms.delete(next);
      next.ring();
      await settle();
    }
    this.#ms = end;
  }

  #next(end: number): Alarm | undefined {
    let first: Alarm | undefined;
    for (const alarm of this.#alarms) {
      const earlier =
        first === undefined || alarm.at < first.at || (alarm.at === first.at && alarm.order < first.order);
      if (earlier && alarm.at <= end) first = alarm;
    }
    return first;
  }
}
