import process from "node:process";
import { figures } from "../figures.ts";
import { KeptSeeds } from "./kept.ts";
import { inThread } from "./thread.ts";
import { type Findings, mostMs } from "./tried.ts";

export interface FuzzOptions {
  readonly json: boolean;
  /** Inputs for each target. */
  readonly executions: number;
  /** Of the first input; the next has the next. */
  readonly seed: number;
  /** How many targets are tried at the same time. */
  readonly jobs: number;
  /** Where the seeds of inputs that went wrong are kept. */
  readonly keptIn: string;
}

/** Fuzzes the targets of these names and shows what came of it; 1 where one has a fault or is slow. */
export async function fuzz(names: readonly string[], options: FuzzOptions): Promise<0 | 1> {
  const { json, executions, seed, jobs } = options;
  const kept = new KeptSeeds(options.keptIn);
  const table = figures(json);
  // What went wrong is said beside the figures in JSON too, where notes are left out.
  const tell = (text: string): void => void (json ? process.stderr.write(`${text}\n`) : table.output.note(text));
  tell(`seed ${seed}, ${executions.toLocaleString("en")} inputs for each of ${names.length}`);

  const waiting = [...names];
  const underWay = new Map<string, number>();
  const progress = (): void => {
    const shares = [...underWay].map(([name, done]) => `${name} ${Math.floor((100 * done) / executions)} %`);
    table.progress(shares.length === 0 ? "" : `${shares.join(", ")}, then ${waiting.length} more …`);
  };
  const work = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const target = name;
      const attempt = (from: number, count: number): Promise<Findings> =>
        inThread(new URL("./worker.js", import.meta.url), { target, executions: count, seed: from }, (done) => {
          underWay.set(target, done);
          progress();
        });
      const before: Findings[] = [];
      for (const one of kept.of(target)) before.push(await attempt(one, 1));
      const found = [await attempt(seed, executions), ...before].reduce(together);
      underWay.delete(target);
      if (found.faults > 0 || found.slowestMs > mostMs) kept.keep(target, found.seed);
      const first = found.first === undefined ? "" : `; seed ${found.seed}: ${found.first}`;
      tell(`${target}: ${Math.round(found.perSecond).toLocaleString("en")} executions/s${first}`);
      const at = { seed: found.seed };
      table.add({ name: `${target}: faults`, value: found.faults, unit: "inputs", target: { most: 0 }, ...at });
      table.add({ name: `${target}: slowest`, value: found.slowestMs, unit: "ms", target: { most: mostMs }, ...at });
      table.add({ name: `${target}: speed`, value: found.perSecond, unit: "executions/s", seed });
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, names.length) }, work));
  return table.finish();
}

/** What two tries came to; the speed is that of the first. The seed is that of a fault, or else of the slowest input. */
function together(a: Findings, b: Findings): Findings {
  const slowestMs = Math.max(a.slowestMs, b.slowestMs);
  const worse = a.first === undefined && (b.first !== undefined || b.slowestMs > a.slowestMs) ? b : a;
  return { ...worse, faults: a.faults + b.faults, slowestMs, perSecond: a.perSecond };
}
