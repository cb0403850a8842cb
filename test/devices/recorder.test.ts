import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { flushAfterMs, Recorder } from "../../src/devices/recorder.ts";
import { Rounds } from "../../src/devices/rounds.ts";
import { hostTimers } from "../../src/devices/timers.ts";
import { parseCapture } from "../../src/driver-kit/capture.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "vitalwire-rec-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const rounds = new Rounds(hostTimers, flushAfterMs);

const start = (session: string, reports = false) => ({
  head: { capture: 1, profile: "toy", source: "test", evidence: "capture", session } as const,
  reports,
});

async function lines(name: string) {
  const parsed = parseCapture(await readFile(join(folder, name), "utf8"));
  if (!parsed.ok) throw new Error(`${name}: line ${parsed.line} ${parsed.problem}`);
  return parsed.capture.lines;
}

async function size(): Promise<number> {
  const stats = await Promise.all((await readdir(folder)).map((name) => stat(join(folder, name))));
  return stats.reduce((sum, { size: bytes }) => sum + bytes, 0);
}

test("a session without a byte makes no file", async () => {
  const recorder = new Recorder(folder, 100_000, rounds);
  recorder.record(start("s1")).end(10);
  await recorder.written();
  expect(await readdir(folder)).toEqual([]);
});

test("the pieces of one millisecond are one line, but reports stay apart", async () => {
  const recorder = new Recorder(folder, 100_000, rounds);
  for (const reports of [false, true]) {
    const recording = recorder.record(start(reports ? "hid" : "stream", reports));
    recording.in(5, Uint8Array.of(1));
    recording.in(5, Uint8Array.of(2, 255));
    recording.in(6, Uint8Array.of(3));
    recording.end(9);
  }
  await recorder.written();
  expect(await lines("stream-0.jsonl")).toEqual([
    { ms: 5, in: Uint8Array.of(1, 2, 255) },
    { ms: 6, in: Uint8Array.of(3) },
    { ms: 9, event: "end" },
  ]);
  expect((await lines("hid-0.jsonl")).length).toBe(4);
});

test("the folder stays within its bound, keeps the latest, and names each part by its offset", async () => {
  const most = 200_000;
  await writeFile(join(folder, "earlier-0.jsonl"), "x".repeat(50_000));
  const recorder = new Recorder(folder, most, rounds);
  const recording = recorder.record(start("s1"));
  for (let i = 0; i < 1000; i++) {
    recording.in(i, new Uint8Array(1000).fill(65 + (i % 26)));
    if (i % 10 === 0) await recorder.written();
  }
  recording.end(1000);
  await recorder.written();
  expect(await size()).toBeLessThanOrEqual(most);
  expect(await size()).toBeGreaterThan(most / 4);
  const names = await readdir(folder);
  expect(names).not.toContain("earlier-0.jsonl");
  const offsets = names.map((name) => Number(/^s1-(\d+)\.jsonl$/.exec(name)?.[1])).sort((a, b) => a - b);
  let next = offsets[0] ?? 0;
  for (const offset of offsets) {
    expect(offset).toBe(next);
    for (const line of await lines(`s1-${offset}.jsonl`)) if ("in" in line) next += line.in.length;
  }
  expect(next).toBe(1_000_000);
});

test("a flapping port does not fill the folder with files", async () => {
  const recorder = new Recorder(folder, 10_000_000, rounds);
  for (let i = 0; i < 200; i++) {
    const recording = recorder.record(start(`s${String(i).padStart(3, "0")}`));
    recording.in(0, Uint8Array.of(i));
    recording.end(1);
  }
  await recorder.written();
  const names = (await readdir(folder)).sort();
  expect(names.length).toBeLessThanOrEqual(64);
  expect(names.at(-1)).toBe("s199-0.jsonl");
});

test("a folder that cannot be written ends the recording, is told, and throws nothing", async () => {
  await writeFile(join(folder, "file"), "");
  const failures: string[] = [];
  const recorder = new Recorder(join(folder, "file/below"), 1000, rounds, (cause) => failures.push(cause));
  const recording = recorder.record(start("s1"));
  recording.in(0, new Uint8Array(40_000));
  recording.end(1);
  await recorder.written();
  expect(failures).toContain("ENOTDIR");
});
