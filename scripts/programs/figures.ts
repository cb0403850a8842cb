import process from "node:process";
import { createOutput, type Output } from "../../src/cli/output.ts";

/** One measured figure beside what it must reach, in the form that bench, fuzz, soak and faults share. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What it must reach, as a limit: `{ most: 20 }` or `{ least: 5000 }`. A floor has none. */
  readonly target?: { readonly most: number } | { readonly least: number };
  /** The same work without us, measured in the same run; what the machine itself can do. */
  readonly floor?: number;
  readonly seed?: number;
}

/** Collects figures: progress while they are measured, a table or JSON lines, and an exit code. */
export interface Figures {
  readonly output: Output;
  progress(text: string): void;
  add(figure: Figure): void;
  /** Prints what was collected (people see the table at the end; JSON came line by line); 1 if any missed its target. */
  finish(): 0 | 1;
}

export function figures(json: boolean): Figures {
  const output = createOutput(
    {
      out: process.stdout,
      err: process.stderr,
      outIsTerminal: process.stdout.isTTY === true,
      errIsTerminal: process.stderr.isTTY === true,
      env: process.env,
    },
    json,
  );
  const all: Figure[] = [];
  return {
    output,
    progress: (text) => output.progress(text),
    add(figure) {
      all.push(figure);
      if (json) output.record(row(figure), "");
    },
    finish() {
      output.progress("");
      if (!json) {
        output.list(
          [
            { head: "figure", cell: (f) => f.name },
            { head: "value", cell: (f) => rounded(f.value), align: "right" },
            { head: "unit", cell: (f) => f.unit },
            { head: "target", cell: (f) => targetWords(f), align: "right" },
            { head: "floor", cell: (f) => (f.floor === undefined ? "" : rounded(f.floor)), align: "right" },
            {
              head: "",
              cell: (f) => (f.target === undefined ? "floor" : met(f) ? "ok" : "MISSED"),
              tone: (f) => (f.target === undefined ? "dim" : met(f) ? "good" : "bad"),
            },
          ],
          all,
        );
      }
      return all.every(met) ? 0 : 1;
    },
  };
}

/** The middle of several runs; the upper one of two middles, so that no value is made up. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** The value that this share of all values does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function met({ value, target }: Figure): boolean {
  if (target === undefined) return true;
  return "most" in target ? value <= target.most : value >= target.least;
}

function targetWords({ target }: Figure): string {
  if (target === undefined) return "";
  return "most" in target ? `<= ${target.most}` : `>= ${target.least}`;
}

function row(figure: Figure): object {
  const { name, value, unit, target, floor, seed } = figure;
  const limit = target === undefined ? null : "most" in target ? target.most : target.least;
  return { name, value, unit, target: limit, floor: floor ?? null, ok: met(figure), seed: seed ?? null };
}

function rounded(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);
}
