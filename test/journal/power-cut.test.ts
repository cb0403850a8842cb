import { copyFileSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { entryOf, journalForTest, temporaryFolder } from "../kit/journals.ts";
import { sampleObservation } from "../kit/sample.ts";

/** What the disk held at a moment, and what the journal had promised by then. */
interface Promised {
  readonly walBytes: number;
  readonly ids: readonly string[];
}

/*
 * After a power cut the disk holds everything up to the last fsync, and of what was written after it any part: cut
 * short at any byte, or with sectors that never arrived. The database file itself is only written by checkpoints,
 * and none happens in this run.
 */
test("whatever a power cut leaves of the WAL beyond the last fsync, every reading promised before it is there whole", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "journal.db");
  const { journal } = await journalForTest({ path });
  const promised: Promised[] = [];
  let ids: readonly string[] = [];
  for (let n = 0; n < 30; n += 1) {
    const several = Array.from({ length: 1 + (n % 4) }, () => sampleObservation());
    await Promise.all(
      several.map((observation) => journal.append(entryOf(observation, { sink: "emr" }, { sink: "b" }))),
    );
    ids = [...ids, ...several.map(({ id }) => id)];
    promised.push({ walBytes: statSync(`${path}-wal`).size, ids });
  }
  // Copied in this process only after the journal is done with: closing a copy lets go of the locks on the file.
  const wal = readFileSync(`${path}-wal`);
  const database = readFileSync(path);
  await journal.close();

  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.nat(promised.length - 1),
      fc.nat(40_000),
      fc.constantFrom("cut", "zeros", "noise"),
      async (moment, beyond, tail) => {
        const { walBytes, ids: kept } = promised[moment] ?? { walBytes: 0, ids: [] };
        const left = Buffer.from(wal.subarray(0, walBytes + beyond));
        const lost = left.subarray(walBytes + Math.floor(beyond / 2));
        if (tail === "zeros") lost.fill(0);
        if (tail === "noise") for (let i = 0; i < lost.length; i += 1) lost[i] = (i * 131 + moment) & 0xff;
        run += 1;
        const copy = join(folder, `run-${run}.db`);
        writeFileSync(copy, database);
        writeFileSync(`${copy}-wal`, left);
        const { journal: after, opened } = await journalForTest({ path: copy });
        expect(opened.recovered).toBeUndefined();
        const rows = await after.observations({ limit: 1000 });
        const there = new Set(rows.map((row) => row.observation.id));
        expect(kept.filter((id) => !there.has(id))).toEqual([]);
        expect(rows.filter((row) => row.deliveries.length !== 2)).toEqual([]);
        expect((await after.counts()).observations).toBe(rows.length);
        await after.close();
      },
    ),
    { numRuns: 60 },
  );
});

test("a power cut while the WAL is folded into the file loses nothing, whichever pages had been written", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "journal.db");
  const { journal } = await journalForTest({ path });
  const all = Array.from({ length: 60 }, () => sampleObservation());
  for (const observation of all) await journal.append(entryOf(observation, {}));
  const wal = readFileSync(`${path}-wal`);
  const before = readFileSync(path);
  await journal.close();
  const after = readFileSync(path);
  const pageSize = 4096;
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.infiniteStream(fc.boolean()).map((stream) => [...stream.take(after.length / pageSize)]),
      async (written) => {
        const pages = written.map((isWritten, page) => {
          const [from, to] = [page * pageSize, (page + 1) * pageSize];
          return isWritten ? after.subarray(from, to) : Buffer.concat([before.subarray(from, to)], pageSize);
        });
        run += 1;
        const copy = join(folder, `run-${run}.db`);
        writeFileSync(copy, Buffer.concat(pages));
        writeFileSync(`${copy}-wal`, wal);
        const { journal: there, opened } = await journalForTest({ path: copy });
        expect(opened.recovered).toBeUndefined();
        const rows = await there.observations({ limit: 1000 });
        expect(new Set(rows.map((row) => row.observation.id))).toEqual(new Set(all.map(({ id }) => id)));
        await there.close();
      },
    ),
    { numRuns: 20 },
  );
});

test("a power cut that loses what had been synced would be noticed by this test", async () => {
  const { journal, path } = await journalForTest();
  await journal.append(entryOf(sampleObservation(), {}));
  const before = statSync(`${path}-wal`).size;
  const last = sampleObservation();
  await journal.append(entryOf(last, {}));
  const copy = join(temporaryFolder(), "copy.db");
  const wal = readFileSync(`${path}-wal`).subarray(0, before);
  copyFileSync(path, copy);
  await journal.close();
  writeFileSync(`${copy}-wal`, wal);
  const { journal: after } = await journalForTest({ path: copy });
  expect(await after.observations({ limit: 5, ids: [last.id] })).toEqual([]);
});
