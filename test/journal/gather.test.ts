import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Journal } from "../../src/journal/journal.ts";
import { gatherMs } from "../../src/journal/pace.ts";
import { entryOf, journalForTest } from "../kit/journals.ts";
import { sampleObservation } from "../kit/sample.ts";

/** Six devices that store one reading after the other, until the journal lets changes gather. */
async function crowd(journal: Journal): Promise<void> {
  const device = async (): Promise<void> => {
    for (let i = 0; i < 18; i++) await journal.append(entryOf(sampleObservation()));
  };
  await Promise.all(Array.from({ length: 6 }, device));
}

/** Whether it was done before a whole wait for company was over. */
function first(work: Promise<unknown>): Promise<"done" | "late"> {
  return Promise.race([work.then(() => "done" as const), sleep(gatherMs - 50).then(() => "late" as const)]);
}

test("readings of a crowd share a commit, though they come one by one", async () => {
  const { journal } = await journalForTest();
  await crowd(journal);
  const first = journal.append(entryOf(sampleObservation()));
  await sleep(20);
  let both = false;
  void journal.append(entryOf(sampleObservation())).then(() => {
    both = true;
  });
  await first;
  await Promise.resolve();
  expect(both).toBe(true);
});

test("whoever asks the journal sees what gathers, and does not wait for company", async () => {
  const { journal } = await journalForTest();
  await crowd(journal);
  const observation = sampleObservation();
  const appended = journal.append(entryOf(observation, {}));
  const seen = journal.observations({ limit: 1, ids: [observation.id] });
  expect(await first(seen)).toBe("done");
  const [row] = await seen;
  expect(row?.deliveries).toHaveLength(1);
  expect(await appended).toEqual({ stored: [observation.id], known: 0 });
});

test("an instrument that waits for its answer is held up by no crowd, and takes along what gathers", async () => {
  const { journal } = await journalForTest();
  await crowd(journal);
  const talking = journal.append(entryOf(sampleObservation()));
  const awaited = journal.append({ ...entryOf(sampleObservation()), awaited: true });
  expect(await first(Promise.all([talking, awaited]))).toBe("done");
});

test("a message that is rejected is written down at once, also in a crowd", async () => {
  const { journal } = await journalForTest();
  await crowd(journal);
  void journal.append(entryOf(sampleObservation(), {}));
  const [message] = await journal.claim("emr", 1, 0);
  const rejected = journal.settle([
    { id: message?.id ?? "", state: "rejected", at: "2026-03-01T10:00:00.000Z", code: "ACK_REJECT" },
  ]);
  expect(await first(rejected)).toBe("done");
});

test("what gathers when the journal is closed is stored", async () => {
  const { journal, path } = await journalForTest();
  await crowd(journal);
  const observation = sampleObservation();
  const appended = journal.append(entryOf(observation, {}));
  await sleep(20);
  await journal.close();
  expect(await appended).toEqual({ stored: [observation.id], known: 0 });
  const again = await journalForTest({ path });
  expect(await again.journal.deliveries({ limit: 1000 })).toHaveLength(1);
});

test("the messages of what gathers are written once, with the round, and in the order of their readings", async () => {
  const { journal } = await journalForTest();
  await crowd(journal);
  const written: number[] = [];
  const appended = [1, 2, 3].map((n) => {
    const { observations, events, deliveries } = entryOf(sampleObservation(), { lane: `lane-${n}` });
    return journal.append({
      observations,
      events,
      get deliveries() {
        written.push(n);
        return deliveries;
      },
    });
  });
  expect(written).toEqual([]);
  await Promise.all(appended);
  expect(written).toEqual([1, 2, 3]);
  const lanes = (await journal.claim("emr", 10, 0)).map(({ lane }) => lane);
  expect(lanes).toEqual(["lane-1", "lane-2", "lane-3"]);
});

test("a message that cannot be written is that reading's failure alone", async () => {
  const { journal } = await journalForTest();
  await crowd(journal);
  const { observations, events } = entryOf(sampleObservation());
  const broken = journal.append({
    observations,
    events,
    get deliveries(): never {
      throw new Error("no such segment");
    },
  });
  const sound = sampleObservation();
  const appended = journal.append(entryOf(sound, {}));
  await expect(broken).rejects.toThrow("no such segment");
  expect(await appended).toEqual({ stored: [sound.id], known: 0 });
});
