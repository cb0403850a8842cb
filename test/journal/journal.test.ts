import { statSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openDatabase } from "../../src/journal/database.ts";
import { openJournal } from "../../src/journal/open.ts";
import { deliveryOf, entryOf, journalForTest, temporaryFolder } from "../kit/journals.ts";
import { mint, sampleObservation } from "../kit/sample.ts";

describe("append", () => {
  test("what is stored is answered as it was, with its deliveries in order", async () => {
    const { journal } = await journalForTest();
    const observation = sampleObservation();
    const entry = entryOf(observation, { sink: "emr" }, { sink: "broker" });
    expect(await journal.append(entry)).toEqual({ stored: [observation.id], known: 0 });
    const [row] = await journal.observations({ limit: 10 });
    expect(row?.observation).toEqual(observation);
    expect(row?.deliveries).toEqual(
      entry.deliveries.map(({ id, sink, observations, controlId, purpose }) => ({
        id,
        sink,
        observations,
        purpose,
        controlId,
        state: "queued",
        attempts: 0,
      })),
    );
  });

  test("any text and any bytes come back exactly", async () => {
    const { journal } = await journalForTest();
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "binary" }),
        fc.uint8Array({ minLength: 1, maxLength: 300 }),
        async (display, bytes) => {
          const observation = sampleObservation({ code: { channel: "A", display } });
          const entry = entryOf(observation, { bytes });
          await journal.append(entry);
          const [row] = await journal.observations({ limit: 1, ids: [observation.id] });
          expect(row?.observation.code.display).toBe(display);
          const stored = await journal.deliveryBytes(entry.deliveries[0]?.id ?? "");
          expect(Buffer.from(stored ?? [])).toEqual(Buffer.from(bytes));
        },
      ),
      { numRuns: 60 },
    );
  });

  test("a result that is read a second time is not stored, and its message is not queued", async () => {
    const { journal } = await journalForTest();
    const first = sampleObservation({ sourceKey: "meter-1/17" });
    const again = sampleObservation({ sourceKey: "meter-1/17" });
    await journal.append(entryOf(first, {}));
    expect(await journal.append(entryOf(again, {}))).toEqual({ stored: [], known: 1 });
    expect(await journal.deliveries({ limit: 10 })).toHaveLength(1);
    expect(await journal.known(["meter-1/17", "meter-1/18"])).toEqual(new Set(["meter-1/17"]));
  });

  test("the same result twice in one entry is stored once", async () => {
    const { journal } = await journalForTest();
    const observations = [1, 2].map(() => sampleObservation({ sourceKey: "meter-1/17" }));
    const appended = await journal.append({ observations, events: [], deliveries: [] });
    expect(appended).toEqual({ stored: [observations[0]?.id], known: 1 });
  });

  test("an entry appended again, after its answer was lost, changes nothing", async () => {
    const { journal } = await journalForTest();
    const entry = entryOf(sampleObservation(), {});
    await journal.append(entry);
    expect(await journal.append(entry)).toEqual({ stored: [], known: 1 });
    expect(await journal.deliveries({ limit: 10 })).toHaveLength(1);
  });

  test("a message of one known and one new reading is queued with the new one", async () => {
    const { journal } = await journalForTest();
    await journal.append(entryOf(sampleObservation({ sourceKey: "k1" })));
    const known = sampleObservation({ sourceKey: "k1" });
    const fresh = sampleObservation();
    const delivery = deliveryOf(known, { observations: [known.id, fresh.id] });
    await journal.append({ observations: [known, fresh], events: [], deliveries: [delivery] });
    expect((await journal.deliveries({ limit: 1 }))[0]?.observations).toEqual([fresh.id]);
  });

  test("a message about a reading stored earlier is queued", async () => {
    const { journal } = await journalForTest();
    const observation = sampleObservation();
    await journal.append(entryOf(observation));
    const withdrawal = deliveryOf(observation, { purpose: "withdrawal" });
    await journal.append({ observations: [], events: [], deliveries: [withdrawal] });
    expect(await journal.deliveries({ limit: 5 })).toMatchObject([{ id: withdrawal.id, purpose: "withdrawal" }]);
  });

  test("one caller's mistake in a shared commit is that caller's failure alone", async () => {
    const { journal } = await journalForTest();
    const good = [1, 2, 3].map(() => sampleObservation());
    const twice = deliveryOf(good[0] ?? sampleObservation());
    await journal.append({ observations: good.slice(0, 1), events: [], deliveries: [twice] });
    const bad = sampleObservation();
    const clash = deliveryOf(bad, { controlId: twice.controlId });
    const [a, b, c] = await Promise.allSettled([
      journal.append(entryOf(good[1] ?? bad, {})),
      journal.append({ observations: [bad], events: [], deliveries: [clash] }),
      journal.append(entryOf(good[2] ?? bad, {})),
    ]);
    expect([a.status, b.status, c.status]).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(b).toMatchObject({ reason: { code: "JOURNAL_FAILED" } });
    const stored = await journal.observations({ limit: 10 });
    expect(new Set(stored.map((row) => row.observation.id))).toEqual(new Set(good.map(({ id }) => id)));
  });

  test("a thousand calls at once share a few commits, and each is answered with its own", async () => {
    const { journal } = await journalForTest();
    const all = Array.from({ length: 1000 }, () => sampleObservation());
    const answers = await Promise.all(all.map((observation) => journal.append(entryOf(observation, {}))));
    expect(answers.map((answer) => answer.stored)).toEqual(all.map(({ id }) => [id]));
    expect((await journal.counts()).observations).toBe(1000);
  });
});

describe("queries", () => {
  test("observations come newest first, or from a number on in the order of storing", async () => {
    const { journal } = await journalForTest();
    const all = ["a", "b", "c"].map((group) => sampleObservation({ group }));
    for (const observation of all) await journal.append(entryOf(observation));
    const ids = async (query: object): Promise<string[]> =>
      (await journal.observations({ limit: 2, ...query })).map((row) => row.observation.group);
    expect(await ids({})).toEqual(["c", "b"]);
    expect(await ids({ afterSeq: 1 })).toEqual(["b", "c"]);
    expect(await ids({ group: "a" })).toEqual(["a"]);
    expect(await ids({ place: "room-4" })).toEqual(["c", "b"]);
    expect(await ids({ place: "room-5" })).toEqual([]);
  });

  test("events come newest first, and by type", async () => {
    const { journal } = await journalForTest();
    const at = "2026-11-23T14:05:09.120Z";
    const events = ["scan", "link-opened", "scan"].map((type, n) => ({ at, type, place: "p", data: { n } }));
    await journal.append({ observations: [], events, deliveries: [] });
    expect((await journal.events({ limit: 2 })).map(({ data }) => data?.["n"])).toEqual([2, 1]);
    expect(await journal.events({ limit: 5, types: ["link-opened"] })).toEqual([
      { seq: 2, at, type: "link-opened", place: "p", data: { n: 1 } },
    ]);
    expect((await journal.events({ limit: 5, types: ["scan", "link-opened"] })).length).toBe(3);
  });

  test("counts say how many are held and why, and how many of each sink are in which state", async () => {
    const { journal } = await journalForTest();
    await journal.append(entryOf(sampleObservation(), { sink: "emr" }, { sink: "broker" }));
    await journal.append(
      entryOf(sampleObservation({ standing: { state: "held", reasons: ["no-patient", "host-clock"] } })),
    );
    const [claimed] = await journal.claim("emr", 1, 0);
    await journal.settle([{ id: claimed?.id ?? "", state: "delivered", at: "2026-11-23T14:05:09.120Z" }]);
    expect(await journal.counts()).toEqual({
      observations: 2,
      held: 1,
      heldReasons: { "no-patient": 1, "host-clock": 1 },
      deliveries: { emr: { delivered: 1 }, broker: { queued: 1 } },
    });
  });
});

describe("the file", () => {
  test("nobody else may read it", async () => {
    const { path } = await journalForTest();
    for (const file of [path, `${path}-wal`, `${path}.ballast`]) expect(statSync(file).mode & 0o077).toBe(0);
  });

  test("a second gateway is refused", async () => {
    const { path } = await journalForTest();
    await expect(openJournal({ path, ballastBytes: 4096, lockWaitMs: 50 })).rejects.toMatchObject({
      code: "JOURNAL_LOCKED",
    });
  });

  test("what was stored is there after a restart, and numbers go on", async () => {
    const { journal, path } = await journalForTest();
    await journal.append(entryOf(sampleObservation(), {}));
    await journal.close();
    const again = await journalForTest({ path });
    await again.journal.append(entryOf(sampleObservation(), {}));
    expect((await again.journal.observations({ limit: 5 })).map(({ seq }) => seq)).toEqual([2, 1]);
  });

  test("observations, events, messages and amendments can be neither changed nor removed by a statement", async () => {
    const { journal, path } = await journalForTest();
    const observation = sampleObservation();
    const event = { at: "2026-11-23T14:05:09.120Z", type: "scan" };
    await journal.append({ ...entryOf(observation, {}), events: [event] });
    await journal.close();
    const database = await openDatabase(path, 100);
    await database.script("PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON");
    for (const statement of [
      "UPDATE observation SET body = '{}'",
      "UPDATE event SET type = 'x'",
      "UPDATE message SET bytes = x'00'",
      "UPDATE delivery SET control_id = 'x'",
      "UPDATE delivery SET lane = 'x'",
      "DELETE FROM observation",
      "DELETE FROM event",
      "DELETE FROM message",
      "DELETE FROM delivery",
      "DELETE FROM carries",
      "INSERT OR REPLACE INTO event SELECT seq, at, 'x', place, device, done_by, data FROM event",
      "INSERT OR REPLACE INTO observation SELECT seq, id, source_key, in_group, 'x', received, body FROM observation",
    ]) {
      await expect(database.script(statement), statement).rejects.toThrow();
    }
    await database.close();
  });

  test("a closed journal takes nothing more", async () => {
    const { journal } = await journalForTest();
    await journal.close();
    await expect(journal.append(entryOf(sampleObservation()))).rejects.toMatchObject({ code: "JOURNAL_FAILED" });
    await expect(journal.counts()).rejects.toMatchObject({ code: "JOURNAL_FAILED" });
  });

  test("a folder that cannot be written to is said so", async () => {
    const path = join(temporaryFolder(), "journal.db", mint());
    await journalForTest({ path: join(path, "..") });
    await expect(openJournal({ path: join(path, "x"), ballastBytes: 4096 })).rejects.toMatchObject({
      code: "JOURNAL_FAILED",
    });
  });
});
