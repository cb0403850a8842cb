import { describe, expect, test } from "vitest";
import type { Journal } from "../../src/journal/journal.ts";
import { JournalError } from "../../src/journal/journal.ts";
import { deliveryOf, journalForTest, queue } from "../kit/journals.ts";
import { sampleObservation } from "../kit/sample.ts";
import { until } from "../kit/until.ts";
import { ok, ScriptedSink, sentIds, setting } from "./delivering.ts";

describe("sending", () => {
  test("what is queued is sent in order, one at a time, and settled with the receiver's answer", async () => {
    const { sink, journal, states } = await setting({ queued: (j) => queue(j, "a", "b", "a") });
    const queuedIds = [...(await journal.deliveries({ limit: 9 }))].reverse().map(({ controlId }) => controlId);
    for (let n = 1; n <= 3; n += 1) {
      await until(() => sink.sent.length === n);
      sink.sent.at(-1)?.answer({ ok: true, answer: "AA" });
    }
    await until(async () => (await states()).every((state) => state === "delivered"));
    expect(sentIds(sink)).toEqual(queuedIds);
    expect((await journal.deliveries({ limit: 1 }))[0]).toMatchObject({ answer: "AA", attempts: 1 });
  });

  test("as many are under way as the sink's window allows", async () => {
    const sink = new ScriptedSink("emr", 3);
    await setting({ sink, queued: (j) => queue(j, "a", "a", "a", "a") });
    await until(() => sink.sent.length === 3);
    sink.sent[1]?.answer(ok);
    await until(() => sink.sent.length === 4);
  });

  test("a poke sends what was just queued", async () => {
    const { journal } = await journalForTest();
    const { sink, worker, hand } = await setting({ journal: { ...journal, attend: () => undefined } });
    await until(() => hand.next === 30_000);
    await queue(journal, "a");
    worker.poke();
    await until(() => sink.sent.length === 1);
  });

  test("with nothing to do the journal is asked again only after half a minute", async () => {
    const { journal } = await journalForTest();
    const { sink, hand } = await setting({ journal: { ...journal, attend: () => undefined } });
    await until(() => hand.next === 30_000);
    await queue(journal, "a");
    hand.advance(29_999);
    expect(sink.sent).toEqual([]);
    hand.advance(1);
    await until(() => sink.sent.length === 1);
  });

  test("two thousand of one lane arrive once each and in order", async () => {
    const { sink, states } = await setting({
      queued: async (journal) => {
        const all = Array.from({ length: 2000 }, (_, n) => ({ observation: sampleObservation(), n }));
        await journal.append({
          observations: all.map(({ observation }) => observation),
          events: [],
          deliveries: all.map(({ observation, n }) => deliveryOf(observation, { bytes: Buffer.from(`${n}`) })),
        });
      },
      sink: Object.assign(new ScriptedSink(), { reply: () => ok }),
    });
    await until(() => sink.sent.length === 2000);
    expect(sink.sent.map(({ text }) => text)).toEqual(Array.from({ length: 2000 }, (_, n) => `${n}`));
    await until(async () => (await states()).every((state) => state === "delivered"));
  });
});

describe("noting what was delivered", () => {
  test("waits a moment for others, and no longer", async () => {
    const { journal } = await journalForTest();
    let settles = 0;
    const counted: Journal = {
      ...journal,
      settle(outcomes) {
        settles += 1;
        return journal.settle(outcomes);
      },
    };
    const sink = new ScriptedSink("emr", 3);
    const { hand, states } = await setting({ sink, journal: counted, gatherMs: 50 });
    await until(() => hand.next === 30_000);
    await queue(counted, "a", "b", "c");
    await until(() => sink.sent.length === 3);
    for (const { answer } of sink.sent) answer(ok);
    await until(() => hand.next === 50);
    expect(await states()).toEqual(["sending", "sending", "sending"]);
    hand.advance(50);
    await until(async () => (await states()).join() === "delivered,delivered,delivered");
    expect(settles).toBe(1);
  });

  test("does not wait where one was refused", async () => {
    const { journal } = await journalForTest();
    const { sink, hand, states } = await setting({ journal, gatherMs: 50 });
    await until(() => hand.next === 30_000);
    await queue(journal, "a");
    await until(() => sink.sent.length === 1);
    sink.sent[0]?.answer({ ok: false, code: "ACK_REJECT" });
    await until(async () => (await states()).join() === "rejected");
  });
});

test("an outcome that the journal could not write is written when it can again, and nothing passes it meanwhile", async () => {
  const { journal } = await journalForTest();
  let failing = 2;
  const weak: Journal = {
    ...journal,
    async settle(outcomes) {
      failing -= 1;
      if (failing >= 0) throw new JournalError("JOURNAL_FAILED", "the disk is sulking");
      return journal.settle(outcomes);
    },
  };
  const { sink, hand, states, worker } = await setting({
    journal: weak,
    queued: () => queue(journal, "a"),
    reply: () => ok,
  });
  await until(() => hand.next === 1000);
  await queue(journal, "a");
  worker.poke();
  hand.advance(1000);
  await until(() => failing === 0 && hand.next === 1000);
  expect(sink.sent).toHaveLength(1);
  hand.advance(1000);
  await until(async () => (await states()).join() === "delivered,delivered");
});

describe("stopping", () => {
  test("waits for what is under way, gives the rest back untouched, then closes the sink", async () => {
    const { sink, worker, journal, states } = await setting({ queued: (j) => queue(j, "a", "a", "a") });
    await until(() => sink.sent.length === 1);
    const stopped = worker.stop();
    expect(sink.closed).toBe(0);
    sink.sent[0]?.answer(ok);
    await stopped;
    expect(sink.closed).toBe(1);
    expect(await states()).toEqual(["delivered", "queued", "queued"]);
    const again = await journal.claim("emr", 9, 0);
    expect(again.map(({ attempts, mayBeDuplicate }) => [attempts, mayBeDuplicate])).toEqual([
      [0, false],
      [0, false],
    ]);
  });

  test("does not wait for a receiver that is away", async () => {
    const sink = new ScriptedSink();
    sink.connection = { ok: false, code: "RECEIVER_DOWN" };
    const { worker, hand } = await setting({ sink, queued: (j) => queue(j, "a") });
    await until(() => worker.status().state === "down");
    await worker.stop();
    expect(hand.next).toBeUndefined();
    expect(worker.status().state).toBe("stopped");
  });
});
