import { Worker } from "node:worker_threads";
import type { Findings } from "./tried.ts";

/** What a thread is to do. */
export interface Errand {
  readonly target: string;
  readonly executions: number;
  /** Of the first input; the next has the next. */
  readonly seed: number;
}

/** What the thread gets: its errand, and one number to keep: how many inputs are done. */
export interface ThreadData extends Errand {
  readonly done: Int32Array;
}

const tickMs = 250;

/**
 * Runs one target in a thread of its own: what an engine learned of one driver makes the next one slower, and an input
 * that never comes to an end, or takes all memory, is a finding too, with its seed.
 */
export function inThread(
  entry: URL,
  errand: Errand,
  tell: (done: number) => void,
  stuckMs = 60_000,
): Promise<Findings> {
  const done = new Int32Array(new SharedArrayBuffer(4));
  const data: ThreadData = { ...errand, done };
  const worker = new Worker(entry, { workerData: data });
  const began = performance.now();
  return new Promise((resolve) => {
    let [last, quietMs] = [-1, 0];
    // Counted in ticks, for a machine that sleeps says nothing of an input.
    const ticks = setInterval(() => {
      const now = Atomics.load(done, 0);
      quietMs = now === last ? quietMs + tickMs : 0;
      last = now;
      if (quietMs >= stuckMs) lost(`was not done after ${quietMs / 1000} s`);
      else tell(now);
    }, tickMs);
    const end = (found: Findings): void => {
      clearInterval(ticks);
      void worker.terminate();
      resolve(found);
    };
    const lost = (first: string): void => {
      const tried = Atomics.load(done, 0);
      const elapsedMs = performance.now() - began;
      const perSecond = (tried * 1000) / elapsedMs;
      end({ faults: 1, slowestMs: quietMs, perSecond, seed: errand.seed + tried, first });
    };
    worker.once("message", end);
    worker.once("error", (error) => lost(`ended its thread: ${error.message}`));
    worker.once("exit", () => lost("ended its thread"));
  });
}
