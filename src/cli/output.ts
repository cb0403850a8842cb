import type { Writable } from "node:stream";
import { type Problem, problems } from "../model/problem.ts";

/** Where a command writes: a terminal, a pipe, or a test's memory. */
export interface Streams {
  readonly out: Writable;
  readonly err: Writable;
  /** Whether a person reads `out`, and `err`: only then come colours and progress. */
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export type Tone = "plain" | "good" | "warn" | "bad" | "dim" | "bold";

/** One column of a table for people. `tone` colours a cell, on terminals alone; the text must say it too. */
export interface Column<T> {
  readonly head: string;
  readonly cell: (row: T) => string | number | undefined;
  readonly align?: "left" | "right";
  readonly tone?: (row: T) => Tone;
}

/**
 * What a command says. Results go to stdout: a table for people, or with `--json` one object a line. Everything else
 * (problems, notes, progress) goes to stderr, so that a pipe carries results alone.
 */
export interface Output {
  readonly json: boolean;
  /** A whole listing: a table, or its rows as JSON lines. `empty` is what people read when there are no rows. */
  list<T extends object>(columns: readonly Column<T>[], rows: readonly T[], empty?: string): void;
  /** One result of a stream of them: a JSON line, or the text. */
  record(row: object, text: string): void;
  /** Text for people on stdout; nothing with `--json`. */
  say(text: string): void;
  /** Text for people on stderr; nothing with `--json`. */
  note(text: string): void;
  /** What happened, what it means, what to do, and the code; to stderr. */
  problem(problem: Problem): void;
  /** Replaces the progress line on a terminal; an empty text takes it away. */
  progress(text: string): void;
  /** Colours text that goes to stdout, if a person reads it. */
  paint(tone: Tone, text: string): string;
}

const codes: Readonly<Record<Tone, string>> = {
  plain: "",
  good: "32",
  warn: "33",
  bad: "31",
  dim: "2",
  bold: "1",
};

/** Text with its control characters shown as `\x1b`, so that an instrument's bytes cannot steer a terminal. */
export function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, (c) => {
    const code = c.charCodeAt(0);
    return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16)}`;
  });
}

export function createOutput(streams: Streams, json: boolean): Output {
  const colours = (streams.env["NO_COLOR"] ?? "") === "";
  const colour = (on: boolean, tone: Tone, text: string): string =>
    on && colours && tone !== "plain" ? `\u001b[${codes[tone]}m${text}\u001b[0m` : text;
  const paint = (tone: Tone, text: string): string => colour(streams.outIsTerminal, tone, text);
  let progressShown = false;
  const clearProgress = (): void => {
    if (progressShown) streams.err.write("\r\u001b[K");
    progressShown = false;
  };
  const out = (line: string): void => {
    clearProgress();
    streams.out.write(`${line}\n`);
  };
  const err = (line: string): void => {
    clearProgress();
    streams.err.write(`${line}\n`);
  };

  return {
    json,
    list(columns, rows, empty) {
      if (json) for (const row of rows) out(JSON.stringify(row));
      else if (rows.length === 0) out(empty ?? "nothing");
      else for (const line of table(columns, rows, paint)) out(line);
    },
    record(row, text) {
      out(json ? JSON.stringify(row) : text);
    },
    say(text) {
      if (!json) out(text);
    },
    note(text) {
      if (!json) err(text);
    },
    problem(problem) {
      const text = problems[problem.code];
      if (json) {
        const { what, means, todo } = text;
        err(
          JSON.stringify({ code: problem.code, what, means, todo, ...(problem.detail && { detail: problem.detail }) }),
        );
        return;
      }
      const red = colour(streams.errIsTerminal, "bad", problem.code);
      err(`${red}  ${text.what}`);
      for (const line of problem.detail?.split("\n") ?? []) err(`  ${visible(line)}`);
      err(`  What it means: ${text.means}`);
      err(`  What to do:    ${text.todo}`);
    },
    progress(text) {
      if (json || !streams.errIsTerminal) return;
      clearProgress();
      if (text !== "") streams.err.write(text);
      progressShown = text !== "";
    },
    paint,
  };
}

function table<T>(
  columns: readonly Column<T>[],
  rows: readonly T[],
  paint: (tone: Tone, text: string) => string,
): readonly string[] {
  const cells = rows.map((row) => columns.map((c) => visible(String(c.cell(row) ?? ""))));
  const widths = columns.map((c, i) => Math.max(c.head.length, ...cells.map((line) => line[i]?.length ?? 0)));
  const layOut = (line: readonly string[], tones: readonly Tone[]): string =>
    line
      .map((text, i) => {
        const width = widths[i] ?? 0;
        const right = columns[i]?.align === "right";
        const last = i === columns.length - 1 && !right;
        const padded = last ? text : right ? text.padStart(width) : text.padEnd(width);
        return paint(tones[i] ?? "plain", padded);
      })
      .join("  ")
      .trimEnd();
  return [
    layOut(
      columns.map((c) => c.head.toUpperCase()),
      columns.map(() => "dim"),
    ),
    ...rows.map((row, i) =>
      layOut(
        cells[i] ?? [],
        columns.map((c) => c.tone?.(row) ?? "plain"),
      ),
    ),
  ];
}
