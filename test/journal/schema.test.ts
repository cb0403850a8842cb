import { readdirSync } from "node:fs";
import { basename, dirname } from "node:path";
import { expect, test } from "vitest";
import { openDatabase } from "../../src/journal/database.ts";
import { openJournal } from "../../src/journal/open.ts";
import { type Migration, migrate, migrations } from "../../src/journal/schema.ts";
import { entryOf, journalForTest } from "../kit/journals.ts";
import { sampleObservation } from "../kit/sample.ts";

const newest = migrations.at(-1)?.version ?? 0;
const later: readonly Migration[] = [
  ...migrations,
  { version: newest + 1, sql: "ALTER TABLE event ADD COLUMN extra TEXT;" },
];

async function filledJournal(): Promise<string> {
  const { journal, path } = await journalForTest();
  await journal.append(entryOf(sampleObservation(), {}));
  await journal.close();
  return path;
}

test("versions only go up", () => {
  expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, i) => i + 1));
});

test("a journal of a newer schema is refused and not touched", async () => {
  const path = await filledJournal();
  const database = await openDatabase(path, 0);
  await migrate(database, later, "20261123T140509Z");
  await database.close();
  const before = readdirSync(dirname(path));
  await expect(openJournal({ path, ballastBytes: 4096 })).rejects.toMatchObject({ code: "JOURNAL_NEWER" });
  expect(readdirSync(dirname(path))).toEqual(before);
});

test("a journal of an older schema is copied whole before it is changed", async () => {
  const path = await filledJournal();
  const database = await openDatabase(path, 0);
  const copy = await migrate(database, later, "20261123T140509Z");
  expect(basename(copy ?? "")).toBe(`journal.db.before-v${newest + 1}-20261123T140509Z`);
  await database.run("UPDATE delivery SET state = 'sending'");
  await database.close();
  // The copy is a journal of the old schema that opens.
  const { journal } = await journalForTest({ path: copy ?? "" });
  expect((await journal.counts()).deliveries).toEqual({ emr: { queued: 1 } });
});

test("a step that fails leaves the journal as it was", async () => {
  const path = await filledJournal();
  const database = await openDatabase(path, 0);
  const broken = [...migrations, { version: newest + 1, sql: "CREATE TABLE extra (a) STRICT; SELECT no_such();" }];
  await expect(migrate(database, broken, "20261123T140509Z")).rejects.toThrow();
  await database.close();
  const { journal } = await journalForTest({ path });
  expect((await journal.counts()).observations).toBe(1);
});
