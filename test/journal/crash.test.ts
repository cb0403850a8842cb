import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "../../src/journal/database.ts";
import { compile } from "../kit/crash-compile.ts";
import { journalForTest, temporaryFolder } from "../kit/journals.ts";

let compiled = "";
beforeAll(() => {
  compiled = compile(["src", "test/kit"], tmpdir());
});
afterAll(() => rmSync(compiled, { recursive: true, force: true }));

interface Said {
  readonly stored?: string;
  readonly delivery?: string;
  readonly controlId?: string;
  readonly hex?: string;
  readonly delivered?: string;
}

/** Runs the appender until it has said so many lines, kills it, and answers all that it said. */
async function killedAfter(path: string, lines: number): Promise<readonly Said[]> {
  const child = spawn(process.execPath, [join(compiled, "test/kit/crash-appender.js"), path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const said: Said[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (line) => {
    // The line that the kill cut through is no promise.
    if (line.endsWith("}")) said.push(JSON.parse(line) as Said);
    if (said.length === lines) child.kill("SIGKILL");
  });
  await Promise.all([once(child, "exit"), once(reader, "close")]);
  return said;
}

/** A small generator with a seed, so that a run can be had again. */
function* seeded(seed: number): Generator<number, never> {
  for (let x = seed; ; ) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    yield x / 2 ** 32;
  }
}

test("killed at any moment, twenty times over: what was said to be stored is there, under the same id and bytes", async () => {
  const path = join(temporaryFolder(), "journal.db");
  const random = seeded(20261123);
  const stored = new Map<string, { readonly controlId: string; readonly hex: string; readonly observation: string }>();
  const delivered = new Set<string>();
  for (let round = 0; round < 20; round += 1) {
    for (const said of await killedAfter(path, 1 + Math.floor(random.next().value * 300))) {
      if (said.stored !== undefined) {
        const { stored: observation, delivery = "", controlId = "", hex = "" } = said;
        stored.set(delivery, { observation, controlId, hex });
      }
      if (said.delivered !== undefined) delivered.add(said.delivered);
    }
  }
  expect(stored.size).toBeGreaterThan(500);

  const { journal } = await journalForTest({ path });
  const deliveries = new Map((await journal.deliveries({ limit: 1_000_000 })).map((one) => [one.id, one]));
  for (const [id, { observation, controlId, hex }] of stored) {
    expect(deliveries.get(id)).toMatchObject({ controlId, observations: [observation] });
    expect(Buffer.from((await journal.deliveryBytes(id)) ?? []).toString("hex")).toBe(hex);
  }
  for (const id of delivered) expect(deliveries.get(id)?.state).toBe("delivered");
  // Never half an entry: each reading has its one message, whether it was answered or not.
  const readings = await journal.observations({ limit: 1_000_000 });
  expect(readings.filter((row) => row.deliveries.length !== 1)).toEqual([]);
  expect(readings.length).toBe(deliveries.size);
  await journal.close();
  const database = await openDatabase(path, 0);
  expect(await database.all("PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
  expect(await database.all("PRAGMA foreign_key_check")).toEqual([]);
  await database.close();
});
