import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { formatHead, formatLine } from "../../src/driver-kit/capture.ts";
import { latin1 } from "../../src/driver-kit/text.ts";
import { fileLink } from "../../src/links/file.ts";
import type { Connection } from "../../src/links/link.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "vitalwire-file-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const never = new AbortController().signal;
const bytes = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));

/** Plays it to its end and gives the pieces that came. */
function played(connection: Connection): Promise<string[]> {
  const pieces: string[] = [];
  return new Promise((resolve) => {
    connection.start({ data: (piece) => pieces.push(latin1(piece)), closed: () => resolve(pieces) });
  });
}

async function recording(): Promise<string> {
  const path = join(folder, "x.jsonl");
  const head = formatHead({ capture: 1, profile: "toy", source: "test", evidence: "constructed" });
  const lines = [
    formatLine({ ms: 0, in: bytes("one") }),
    formatLine({ ms: 1, out: bytes("never played") }),
    formatLine({ ms: 60, in: bytes("two") }),
    formatLine({ ms: 80, event: "end" }),
  ];
  await writeFile(path, `${[head, ...lines].join("\n")}\n`);
  return path;
}

test.each(["full", "real"] as const)("a recording is played piece by piece at %s speed, and ends", async (speed) => {
  const opened = await fileLink(await recording(), speed).open(never);
  if (!opened.ok) throw new Error(opened.problem.code);
  expect(await played(opened.connection)).toEqual(["one", "two"]);
});

test("raw bytes are played whole", async () => {
  const path = join(folder, "x.bin");
  const raw = Uint8Array.from({ length: 10_000 }, (_, i) => i % 256);
  await writeFile(path, raw);
  const opened = await fileLink(path, "full").open(never);
  if (!opened.ok) throw new Error(opened.problem.code);
  expect((await played(opened.connection)).join("")).toBe(latin1(raw));
});

test("a paused file waits, and a file that is missing or damaged is named", async () => {
  const opened = await fileLink(await recording(), "full").open(never);
  if (!opened.ok) throw new Error(opened.problem.code);
  opened.connection.pause();
  const all = played(opened.connection);
  opened.connection.resume();
  expect(await all).toEqual(["one", "two"]);

  expect(await fileLink(join(folder, "none.jsonl"), "full").open(never)).toMatchObject({
    problem: { code: "PORT_MISSING" },
  });
  await writeFile(join(folder, "bad.jsonl"), "not a recording\n");
  const bad = await fileLink(join(folder, "bad.jsonl"), "full").open(never);
  expect(bad.ok ? "" : bad.problem.detail).toContain("line 1 is not JSON");
});
