import { readFileSync } from "node:fs";
import { draws } from "./draws.ts";
import type { Target } from "./targets.ts";

/** What one target did with its inputs. */
export interface Findings {
  /** Inputs on which it threw, or broke its promise. */
  readonly faults: number;
  /** What the slowest input took, the best of a few tries. */
  readonly slowestMs: number;
  /** The making of the inputs included. */
  readonly perSecond: number;
  /** The first input with a fault, or else the slowest one, by its seed. */
  readonly seed: number;
  /** What the first fault was. */
  readonly first?: string;
}

/** No input may take longer. */
export const mostMs = 50;

/** Gives a target so many inputs, of seeds that follow each other, and tells before each how many are done. */
export function tried(
  target: Target,
  executions: number,
  seed: number,
  tell: (done: number) => void = () => {},
): Findings {
  let faults = 0;
  let first: string | undefined;
  let faultSeed = seed;
  let slowest = { ms: 0, seed };
  const began = performance.now();
  for (let i = 0; i < executions; i++) {
    tell(i);
    const one = run(target, seed + i);
    // A garbage collection, a compiler or another program makes any input slow once; a slow input is slow each time.
    let ms = one.ms;
    for (let again = 0; again < 4 && ms > slowest.ms; again++) ms = Math.min(ms, run(target, seed + i).ms);
    for (let again = 0; again < 4 && ms > mostMs; again++) ms = Math.min(ms, run(target, seed + i, workedMs).ms);
    if (ms > slowest.ms) slowest = { ms, seed: seed + i };
    if (one.fault === undefined) continue;
    if (++faults > 1) continue;
    first = one.fault;
    faultSeed = seed + i;
  }
  const perSecond = (executions * 1000) / Math.max(performance.now() - began, 0.001);
  return {
    faults,
    slowestMs: slowest.ms,
    perSecond,
    seed: first === undefined ? slowest.seed : faultSeed,
    ...(first !== undefined && { first }),
  };
}

/** One input, made of its seed; only what the target does with it is timed. */
function run(
  target: Target,
  seed: number,
  clock = () => performance.now(),
): { readonly ms: number; readonly fault: string | undefined } {
  const execute = target.input(draws(seed));
  const began = clock();
  let fault: string | undefined;
  try {
    fault = execute();
  } catch (error) {
    fault = `threw ${error instanceof Error ? (error.stack ?? error.message).split("\n").slice(0, 2).join(" ") : String(error)}`;
  }
  return { ms: clock() - began, fault };
}

/** What this thread has had of the processor: on a busy machine the clock tells of others' work too. */
function workedMs(): number {
  try {
    return Number.parseInt(readFileSync("/proc/thread-self/schedstat", "latin1"), 10) / 1e6;
  } catch {
    return performance.now();
  }
}
