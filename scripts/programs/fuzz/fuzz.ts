import process from "node:process";
import { figures } from "../figures.ts";
import { draws } from "./draws.ts";
import type { Target } from "./targets.ts";

export interface FuzzOptions {
  readonly json: boolean;
  /** Inputs for each target. */
  readonly executions: number;
  /** Of the first input; the next has the next. */
  readonly seed: number;
}

/** What one target did with its inputs. */
export interface Findings {
  /** Inputs on which it threw, or broke its promise. */
  readonly faults: number;
  readonly slowestMs: number;
  /** The making of the inputs included. */
  readonly perSecond: number;
  /** The first input with a fault, or else the slowest one, by its seed. */
  readonly seed: number;
  /** What the first fault was. */
  readonly first?: string;
}

const mostMs = 50;

/** Fuzzes each target and shows what came of it; 1 where one has a fault or is slow. */
export function fuzz(targets: readonly Target[], { json, executions, seed }: FuzzOptions): 0 | 1 {
  const table = figures(json);
  // What went wrong is said beside the figures in JSON too, where notes are left out.
  const tell = (text: string): void => void (json ? process.stderr.write(`${text}\n`) : table.output.note(text));
  tell(`seed ${seed}, ${executions.toLocaleString("en")} inputs each`);
  for (const target of targets) {
    table.progress(`${target.name} …`);
    const found = tried(target, executions, seed, (done) =>
      table.progress(`${target.name}: ${done.toLocaleString("en")} of ${executions.toLocaleString("en")} …`),
    );
    const first = found.first === undefined ? "" : `; seed ${found.seed}: ${found.first}`;
    tell(`${target.name}: ${Math.round(found.perSecond).toLocaleString("en")} executions/s${first}`);
    const { name } = target;
    table.add({ name: `${name}: faults`, value: found.faults, unit: "inputs", target: { most: 0 }, seed: found.seed });
    table.add({
      name: `${name}: slowest`,
      value: found.slowestMs,
      unit: "ms",
      target: { most: mostMs },
      seed: found.seed,
    });
    table.add({ name: `${name}: speed`, value: found.perSecond, unit: "executions/s", seed });
  }
  return table.finish();
}

/** Gives a target so many inputs, of seeds that follow each other. */
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
    if (i % 5000 === 4999) tell(i + 1);
    const one = run(target, seed + i);
    // A busy machine or a garbage collection makes any input slow once; a slow input is slow each time.
    let ms = one.ms;
    for (let again = 0; again < 2 && ms > mostMs; again++) ms = Math.min(ms, run(target, seed + i).ms);
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
function run(target: Target, seed: number): { readonly ms: number; readonly fault: string | undefined } {
  const execute = target.input(draws(seed));
  const began = performance.now();
  let fault: string | undefined;
  try {
    fault = execute();
  } catch (error) {
    fault = `threw ${error instanceof Error ? (error.stack ?? error.message).split("\n").slice(0, 2).join(" ") : String(error)}`;
  }
  return { ms: performance.now() - began, fault };
}
