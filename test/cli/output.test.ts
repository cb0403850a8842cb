import { describe, expect, test } from "vitest";
import { createOutput, type Output, visible } from "../../src/cli/output.ts";
import { Memory } from "./run-cli.ts";

function output(options: { json?: boolean; terminal?: boolean; env?: Record<string, string> } = {}): {
  output: Output;
  out: Memory;
  err: Memory;
} {
  const [out, err] = [new Memory(), new Memory()];
  const terminal = options.terminal ?? false;
  const streams = { out, err, outIsTerminal: terminal, errIsTerminal: terminal, env: options.env ?? {} };
  return { output: createOutput(streams, options.json ?? false), out, err };
}

const columns = [
  { head: "name", cell: (r: { name: string }) => r.name, tone: () => "good" as const },
  { head: "size", cell: (r: { name: string; size: number }) => r.size, align: "right" as const },
];
const rows = [
  { name: "scale-1", size: 5 },
  { name: "m", size: 1200 },
];

describe("a listing", () => {
  test("is a table for people", () => {
    const { output: o, out } = output();
    o.list(columns, rows);
    expect(out.text).toBe("NAME     SIZE\nscale-1     5\nm        1200\n");
  });

  test("is one JSON object a line with --json, also when there is nothing", () => {
    const { output: o, out } = output({ json: true });
    o.list(columns, rows);
    o.list(columns, []);
    o.say("for people");
    expect(out.text).toBe('{"name":"scale-1","size":5}\n{"name":"m","size":1200}\n');
  });

  test("has colours on a terminal alone, and none with NO_COLOR", () => {
    const coloured = output({ terminal: true });
    coloured.output.list(columns, rows);
    expect(coloured.out.text).toContain("\u001b[32m");
    const plain = output({ terminal: true, env: { NO_COLOR: "1" } });
    plain.output.list(columns, rows);
    expect(plain.out.text).not.toContain("\u001b[32m");
  });

  test("shows control characters and does not send them to the terminal", () => {
    const { output: o, out } = output();
    o.list(columns, [{ name: "\u001b]0;owned\u0007", size: 1 }]);
    expect(out.text).toContain("\\x1b]0;owned\\x07");
    expect(visible("a\u009bb\u202ec")).toBe("a\\x9bb\\u202ec");
  });
});

describe("a problem", () => {
  test("says what happened, what it means and what to do, to stderr", () => {
    const { output: o, out, err } = output();
    o.problem({ code: "PORT_BUSY", detail: "/dev/ttyUSB0" });
    expect(out.text).toBe("");
    expect(err.text).toMatch(
      /^PORT_BUSY {2}Another program holds the port\.\n {2}\/dev\/ttyUSB0\n {2}What it means: .+\n {2}What to do: .+\n$/,
    );
  });
});

describe("progress", () => {
  test("stands on a terminal alone and gives way to lines", () => {
    const { output: o, err } = output({ terminal: true });
    o.progress("1 of 2");
    o.note("a line");
    expect(err.text).toBe("1 of 2\r\u001b[Ka line\n");
    const piped = output();
    piped.output.progress("1 of 2");
    expect(piped.err.text).toBe("");
  });
});
