import { describe, expect, test } from "vitest";
import type { Journal } from "../../src/journal/journal.ts";
import { JournalError } from "../../src/journal/journal.ts";
import { backoffMs } from "../../src/sinks/backoff.ts";
import type { SendResult } from "../../src/sinks/sink.ts";
import { entryOf, journalForTest, queue } from "../kit/journals.ts";
import { sampleObservation } from "../kit/sample.ts";
import { until } from "../kit/until.ts";
import { ok, ScriptedSink, sentIds, setting } from "./delivering.ts";

describe("failures", () => {
  test("a rejected message is set aside at once, the next goes on, and one alert is given until a person has acted", async () => {
    const { sink, journal, alerts, worker, states } = await setting({ queued: (j) => queue(j, "a", "a", "a") });
    await until(() => sink.sent.length === 1);
    sink.sent[0]?.answer({ ok: false, code: "ACK_REJECT", answer: "no such patient" });
    await until(() => sink.sent.length === 2);
    sink.sent[1]?.answer({ ok: false, code: "ACK_REJECT" });
    await until(() => sink.sent.length === 3);
    sink.sent[2]?.answer(ok);
    await until(async () => (await states()).join() === "rejected,rejected,delivered");
    expect(alerts).toEqual([{ about: "deliveries", edge: "raised", code: "ACK_REJECT" }]);
    for (const { id, state } of await journal.deliveries({ limit: 9 })) {
      if (state === "rejected") await journal.abandon(id, "Ana", "entered by hand", "2026-11-23T14:05:09.120Z");
    }
    worker.poke();
    await until(() => alerts.length === 2);
    expect(alerts[1]).toEqual({ about: "deliveries", edge: "cleared", code: "ACK_REJECT" });
  });

  test("an error answer is tried again after a growing wait, its lane waits with it, and then it is set aside", async () => {
    const { sink, hand, states, journal } = await setting({
      queued: (j) => queue(j, "a", "a", "b"),
      reply: (n) => (n === 1 || n === 3 || n === 4 ? { ok: false, code: "ACK_ERROR" } : ok),
    });
    const [a1, a2, b1] = [...(await journal.deliveries({ limit: 9 }))].reverse().map(({ controlId }) => controlId);
    await until(async () => sink.sent.length === 2 && hand.next === 1000);
    expect(sentIds(sink)).toEqual([a1, b1]);
    hand.advance(1000);
    await until(async () => sink.sent.length === 3 && hand.next === 2000);
    hand.advance(2000);
    await until(() => sink.sent.length === 5);
    expect(sentIds(sink)).toEqual([a1, b1, a1, a1, a2]);
    await until(async () => (await states()).join() === "rejected,delivered,delivered");
    expect(sink.connects).toBe(1);
  });

  test("what may have arrived is sent again, unchanged, on a new connection, before later ones of its lane", async () => {
    const { sink, hand, journal, states } = await setting({
      queued: (j) => queue(j, "a", "a", "b"),
      reply: (n) => (n === 1 ? { ok: false, code: "ACK_TIMEOUT" } : ok),
    });
    const [a1, a2, b1] = [...(await journal.deliveries({ limit: 9 }))].reverse().map(({ controlId }) => controlId);
    await until(() => sink.sent.length === 1 && hand.next === 0);
    hand.advance(0);
    await until(() => sink.sent.length === 2 && hand.next === 1000);
    expect(sink.connects).toBe(2);
    hand.advance(1000);
    await until(async () => (await states()).every((state) => state === "delivered"));
    expect(sentIds(sink)).toEqual([a1, b1, a1, a2]);
    expect(sink.sent.map(({ mayBeDuplicate }) => mayBeDuplicate)).toEqual([false, false, true, false]);
    expect(sink.sent[2]?.text).toBe(sink.sent[0]?.text);
  });

  test("a message that breaks every connection is set aside for a person once others have got through", async () => {
    const sink = new ScriptedSink();
    let poison: string | undefined;
    const reply = (): SendResult => {
      const controlId = sink.sent.at(-1)?.controlId;
      poison ??= controlId;
      return controlId === poison ? { ok: false, code: "ACK_CLOSED" } : ok;
    };
    const { hand, states, alerts } = await setting({ sink, queued: (j) => queue(j, "a", "b", "a"), reply });
    await until(async () => {
      if (hand.next !== undefined) hand.advance(hand.next);
      await new Promise((resolve) => setImmediate(resolve));
      return (await states()).join() === "unsure,delivered,delivered";
    });
    expect(sink.sent.filter(({ controlId }) => controlId === poison).length).toBe(8);
    expect(alerts).toContainEqual({ about: "deliveries", edge: "raised", code: "ACK_CLOSED" });
  });

  test("where the site asks for it, what may have arrived waits for a person", async () => {
    const { sink, hand, alerts, states, journal, worker } = await setting({
      queued: (j) => queue(j, "a", "a"),
      whenUnsure: "ask",
      reply: (n) => (n === 1 ? { ok: false, code: "ACK_CLOSED" } : ok),
    });
    await until(() => hand.next === 0);
    hand.advance(0);
    await until(async () => (await states()).join() === "unsure,delivered");
    expect(alerts).toEqual([{ about: "deliveries", edge: "raised", code: "ACK_CLOSED" }]);
    const [unsure] = await journal.deliveries({ limit: 1, states: ["unsure"] });
    await journal.retry(unsure?.id ?? "", "Ana", "2026-11-23T14:05:09.120Z");
    worker.poke();
    await until(async () => (await states()).join() === "delivered,delivered");
    expect(sink.sent.at(-1)).toMatchObject({ controlId: unsure?.controlId, mayBeDuplicate: true });
    await until(() => alerts.at(-1)?.edge === "cleared");
  });

  test("what was under way when the gateway ended is asked about too", async () => {
    const first = await journalForTest();
    await queue(first.journal, "a", "a");
    await first.journal.claim("emr", 1, 0);
    await first.journal.close();
    const { journal } = await journalForTest({ path: first.path });
    const { sink, states } = await setting({ journal, whenUnsure: "ask", reply: () => ok });
    await until(async () => (await states()).join() === "unsure,delivered");
    expect((await journal.deliveries({ limit: 1, states: ["unsure"] }))[0]?.code).toBe("DELIVERY_INTERRUPTED");
    expect(sink.sent).toHaveLength(1);
  });
});

describe("a receiver that is away", () => {
  test("nothing is taken from the queue; it is tried again after 1 s, 2 s … 60 s, with one alert each way", async () => {
    const sink = new ScriptedSink();
    sink.connection = { ok: false, code: "RECEIVER_DOWN" };
    const { hand, alerts, states, worker } = await setting({ sink, queued: (j) => queue(j, "a") });
    const waits: number[] = [];
    for (let n = 1; n <= 9; n += 1) {
      await until(() => sink.connects === n && worker.status().state === "down");
      const before = hand.ms;
      while (worker.status().state === "down") hand.advance(hand.next ?? 0);
      waits.push(hand.ms - before);
    }
    expect(waits).toEqual([1000, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
    expect(await states()).toEqual(["queued"]);
    expect(worker.status()).toMatchObject({ code: "RECEIVER_DOWN" });
    expect(alerts).toEqual([{ about: "connection", edge: "raised", code: "RECEIVER_DOWN" }]);
    await until(() => worker.status().state === "down");
    sink.connection = ok;
    sink.reply = () => ok;
    hand.advance(60_000);
    await until(async () => (await states()).join() === "delivered");
    expect(alerts.slice(1)).toEqual([{ about: "connection", edge: "cleared", code: "RECEIVER_DOWN" }]);
    expect(worker.status()).toEqual({ sink: "emr", state: "up" });
  });

  test("a connection that breaks costs no attempt, is made again at once, and is not worth an alert", async () => {
    const { hand, journal, alerts, states } = await setting({
      queued: (j) => queue(j, "a", "b"),
      reply: (n) => (n === 1 ? { ok: false, code: "RECEIVER_DOWN" } : ok),
    });
    await until(() => hand.next === 0);
    expect((await journal.deliveries({ limit: 9 })).map(({ attempts }) => attempts)).toEqual([0, 0]);
    hand.advance(0);
    await until(async () => (await states()).every((state) => state === "delivered"));
    expect((await journal.deliveries({ limit: 9 })).map(({ attempts }) => attempts)).toEqual([1, 1]);
    expect(alerts).toEqual([]);
  });

  test("a receiver that connects and never answers is reported, although it connects each time", async () => {
    const { hand, alerts } = await setting({
      queued: (j) => queue(j, "a"),
      reply: () => ({ ok: false, code: "ACK_TIMEOUT" }),
    });
    while (alerts.length === 0) {
      await until(() => hand.next !== undefined);
      hand.advance(Math.min(hand.next ?? 0, 1000));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(alerts).toEqual([{ about: "connection", edge: "raised", code: "ACK_TIMEOUT" }]);
  });

  test("one dead sink does not delay another", async () => {
    const { journal } = await journalForTest();
    await journal.append(entryOf(sampleObservation(), { sink: "emr" }, { sink: "broker" }));
    const dead = new ScriptedSink("emr");
    dead.connection = { ok: false, code: "RECEIVER_DOWN" };
    await setting({ journal, sink: dead });
    const alive = new ScriptedSink("broker");
    alive.reply = () => ok;
    const { states } = await setting({ journal, sink: alive });
    await until(async () => (await states()).join() === "delivered");
    expect(dead.sent).toEqual([]);
  });
});

test("a claim that fails while the connection is down does not keep it from being made again", async () => {
  const { journal } = await journalForTest();
  let fail: (() => void) | undefined;
  let failing = false;
  const weak: Journal = {
    ...journal,
    claim(...asked) {
      if (!failing) return journal.claim(...asked);
      failing = false;
      return new Promise((_, reject) => {
        fail = () => reject(new JournalError("JOURNAL_FAILED", "input/output error"));
      });
    },
  };
  const { sink, hand, worker, states } = await setting({ journal: weak });
  await until(() => hand.next === 30_000);
  await queue(weak, "a");
  await until(() => sink.sent.length === 1);
  failing = true;
  worker.poke();
  await until(() => fail !== undefined);
  sink.connection = { ok: false, code: "RECEIVER_DOWN" };
  sink.sent[0]?.answer({ ok: false, code: "ACK_CLOSED" });
  await until(() => hand.next === 0);
  hand.advance(0);
  await until(() => sink.connects === 2 && worker.status().state === "down");
  fail?.();
  sink.connection = ok;
  sink.reply = () => ok;
  await until(async () => {
    hand.advance(1000);
    return (await states()).join() === "delivered";
  });
});

test("waits grow from 1 s to 60 s and are up to a quarter shorter by chance", () => {
  expect([1, 2, 3, 7, 50].map((n) => backoffMs(n, () => 0))).toEqual([1000, 2000, 4000, 60_000, 60_000]);
  expect(backoffMs(1, () => 0.999)).toBe(750);
});
