import { durationMs } from "../config/duration.ts";
import type { Clock } from "../model/times.ts";
import type { Timers } from "./timers.ts";

/** Tells once when an open instrument has sent nothing for as long as its profile expects, and again after it spoke. */
export class SilenceWatch {
  readonly #mostMs: number;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #silent: () => void;
  #lastMs: number;
  #cancel: (() => void) | undefined;

  /** @param after the profile's duration; without one it never tells. */
  constructor(after: string | undefined, time: { readonly clock: Clock; readonly timers: Timers }, silent: () => void) {
    this.#mostMs = after === undefined ? Number.POSITIVE_INFINITY : durationMs(after);
    this.#clock = time.clock;
    this.#timers = time.timers;
    this.#silent = silent;
    this.#lastMs = time.clock.now().monotonicMs;
    this.#look();
  }

  /** It spoke. Cheap: the timer that is set looks at the time of the last byte when it rings. */
  heard(nowMs: number): void {
    this.#lastMs = nowMs;
    if (this.#cancel === undefined) this.#look();
  }

  stop(): void {
    this.#cancel?.();
  }

  #look(): void {
    this.#cancel = undefined;
    if (this.#mostMs === Number.POSITIVE_INFINITY) return;
    const restMs = this.#lastMs + this.#mostMs - this.#clock.now().monotonicMs;
    if (restMs > 0) this.#cancel = this.#timers.after(restMs, () => this.#look());
    else this.#silent();
  }
}
