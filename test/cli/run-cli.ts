import { Readable, Writable } from "node:stream";
import { cli } from "../../src/cli/cli.ts";
import type { Exit, Surroundings } from "../../src/cli/command.ts";

export interface Ran {
  readonly code: Exit;
  readonly out: string;
  readonly err: string;
  /** stdout as JSON lines. */
  readonly rows: readonly Record<string, unknown>[];
}

/** Runs a command line as `vitalwire` does, with streams in memory. */
export async function runCli(
  args: readonly string[],
  around: Partial<Surroundings> & { input?: Uint8Array } = {},
): Promise<Ran> {
  const [out, err] = [new Memory(), new Memory()];
  const code = await cli(args, {
    out,
    err,
    in: Readable.from(around.input === undefined ? [] : [around.input]),
    outIsTerminal: false,
    errIsTerminal: false,
    env: {},
    cwd: process.cwd(),
    stop: new AbortController().signal,
    ...around,
  });
  const rows = () =>
    out.text
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line));
  return {
    code,
    out: out.text,
    err: err.text,
    get rows() {
      return rows();
    },
  };
}

/** A stream that keeps what is written. */
export class Memory extends Writable {
  text = "";
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString("utf8");
    done();
  }
}
