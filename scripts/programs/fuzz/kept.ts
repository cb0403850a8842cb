import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** So many of each target; older ones make room. */
const most = 20;

/** The seeds of inputs that had a fault or were slow, kept in a file from one run to the next. */
export class KeptSeeds {
  readonly #path: string;
  readonly #seeds: Record<string, readonly number[]>;

  constructor(path: string) {
    this.#path = path;
    this.#seeds = read(path);
  }

  of(target: string): readonly number[] {
    return this.#seeds[target] ?? [];
  }

  keep(target: string, seed: number): void {
    this.#seeds[target] = [...this.of(target).filter((known) => known !== seed), seed].slice(-most);
    mkdirSync(dirname(this.#path), { recursive: true });
    writeFileSync(this.#path, `${JSON.stringify(this.#seeds, undefined, 1)}\n`);
  }
}

function read(path: string): Record<string, readonly number[]> {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Record<string, readonly number[]>;
  } catch {
    // None yet, or a run was stopped while it wrote: what is lost is a head start.
    return {};
  }
}
