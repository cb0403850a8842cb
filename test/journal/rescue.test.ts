import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { basename, dirname } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Observation } from "../../src/model/observation.ts";
import type { Clock } from "../../src/model/times.ts";
import { deliveryOf, entryOf, journalForTest } from "../kit/journals.ts";
import { sampleObservation } from "../kit/sample.ts";

const at = "2026-11-23T14:05:09.120Z";
const clock: Clock = { now: () => ({ wall: at, monotonicMs: 0, boot: "b", quality: "synchronised" }) };
const pageSize = 4096;

interface Filled {
  readonly path: string;
  readonly all: readonly Observation[];
}

/** A closed journal with many readings: some delivered, one held, one attached by a person. */
async function filled(): Promise<Filled> {
  const { journal, path } = await journalForTest();
  const all = Array.from({ length: 400 }, () => sampleObservation());
  await journal.append({
    observations: all,
    events: [{ at, type: "scan" }],
    deliveries: all.map((o) => deliveryOf(o)),
  });
  const claimed = await journal.claim("emr", 200, 0);
  await journal.settle(claimed.map(({ id }) => ({ id, state: "delivered", at })));
  const held = [1, 2].map(() => sampleObservation({ standing: { state: "held", reasons: ["no-patient"] } }));
  for (const observation of held) await journal.append(entryOf(observation));
  await journal.amend({
    observations: [held[0]?.id ?? ""],
    from: "held",
    standing: { state: "ready" },
    event: { at, type: "reading-attach", by: "Ana" },
    deliveries: [],
  });
  await journal.close();
  return { path, all: [...all, ...held] };
}

function overwrite(path: string, page: number, pages = 1): void {
  const file = openSync(path, "r+");
  writeSync(file, Buffer.alloc(pageSize * pages, 0xa5), 0, pageSize * pages, page * pageSize);
  closeSync(file);
}

/** Pages that hold bodies of readings: damage there leaves the rest of the file in order. */
function pagesWith(path: string, text: string): readonly number[] {
  const bytes = readFileSync(path);
  const pages = Array.from({ length: bytes.length / pageSize }, (_, page) => page);
  return pages.filter((page) => bytes.subarray(page * pageSize, (page + 1) * pageSize).includes(text));
}

const pathBefore = process.env["PATH"] ?? "";
afterEach(() => {
  process.env["PATH"] = pathBefore;
});

describe.each(["with the sqlite3 command", "without it"])("a damaged journal, %s", (how) => {
  const prepare = (): void => {
    if (how === "without it") process.env["PATH"] = "/nonexistent";
  };

  test("damage met while reading is marked; at the next start what is readable is taken over and said", async () => {
    prepare();
    const { path, all } = await filled();
    const [page = 0] = pagesWith(path, `{"id":"${all[100]?.id}"`);
    overwrite(path, page);
    const damaged = await journalForTest({ path });
    await expect(damaged.journal.observations({ limit: 1000 })).rejects.toMatchObject({ code: "JOURNAL_CORRUPT" });
    await expect.poll(() => existsSync(`${path}.suspect`)).toBe(true);
    await damaged.journal.close();

    const { journal, opened } = await journalForTest({ path, clock });
    const { recovered } = opened;
    expect(basename(recovered?.setAside ?? "")).toBe("journal.db.damaged-20261123T140509Z");
    expect(statSync(recovered?.setAside ?? "").size).toBeGreaterThan(pageSize);
    expect(existsSync(`${path}.suspect`)).toBe(false);
    const rows = await journal.observations({ limit: 1000 });
    expect(rows.length).toBe(recovered?.observations);
    expect(rows.length).toBeGreaterThan(all.length - 60);
    // What was read from the damaged file is what was stored; nothing is made up.
    const byId = new Map(all.map((observation) => [observation.id, observation]));
    const standing = rows.filter((row) => row.observation.standing.state === "held");
    for (const { observation } of rows) expect(observation.value).toEqual(byId.get(observation.id)?.value);
    expect(standing.length).toBeLessThanOrEqual(2);
    expect((await journal.counts()).observations).toBe(rows.length);
    const notes = await journal.events({ limit: 5, types: ["journal-recovered"] });
    expect(notes).toMatchObject([{ data: { code: "JOURNAL_CORRUPT", observations: rows.length } }]);
    // The queue goes on: nothing delivered is sent again.
    const claimed = await journal.claim("emr", 1000, 0);
    expect(claimed.length).toBeGreaterThan(100);
    expect(claimed.length).toBeLessThanOrEqual(200);
    await journal.append(entryOf(sampleObservation(), {}));
  });

  test("a healthy journal under suspicion is looked through and kept", async () => {
    prepare();
    const { path, all } = await filled();
    writeFileSync(`${path}.suspect`, "");
    const { journal, opened } = await journalForTest({ path });
    expect(opened.recovered).toBeUndefined();
    expect(existsSync(`${path}.suspect`)).toBe(false);
    expect((await journal.counts()).observations).toBe(all.length);
  });

  test("a file that is no database at all is set aside, and a new journal begins", async () => {
    prepare();
    const { path } = await filled();
    writeFileSync(path, Buffer.alloc(20 * pageSize, 0x5a));
    const { journal, opened } = await journalForTest({ path, clock });
    expect(opened.recovered).toMatchObject({ observations: 0, deliveries: 0 });
    expect(await journal.append(entryOf(sampleObservation(), {}))).toMatchObject({ known: 0 });
  });

  test("a rescue that a power cut ended just before its last step is completed", async () => {
    prepare();
    const { path, all } = await filled();
    renameSync(path, `${path}.rescued`);
    const { journal } = await journalForTest({ path });
    expect((await journal.counts()).observations).toBe(all.length);
    expect(readdirSync(dirname(path)).filter((name) => name.includes("rescue"))).toEqual([]);
  });
});

test.each(["with the sqlite3 command", "without it"])("a destroyed first page costs no reading, %s", async (how) => {
  if (how === "without it") process.env["PATH"] = "/nonexistent";
  const { path, all } = await filled();
  overwrite(path, 0);
  const { journal, opened } = await journalForTest({ path, clock });
  expect(opened.recovered).toMatchObject({ observations: all.length, deliveries: 400, lost: 0 });
  expect((await journal.counts()).held).toBe(1);
  expect((await journal.counts()).deliveries).toEqual({ emr: { queued: 200, delivered: 200 } });
});
