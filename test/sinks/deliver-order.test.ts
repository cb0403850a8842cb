import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Journal } from "../../src/journal/journal.ts";
import { deliver } from "../../src/sinks/deliver.ts";
import type { SendResult } from "../../src/sinks/sink.ts";
import { deliveryOf, hurried, journalForTest, queue } from "../kit/journals.ts";
import { sampleObservation } from "../kit/sample.ts";
import { until } from "../kit/until.ts";
import { Hand, ok, ScriptedSink, sentIds, setting } from "./delivering.ts";

describe("taken as it is stored", () => {
  /** Counts claims, and does something between the moment when the worker says that it takes one and its storing. */
  function watched(journal: Journal): {
    readonly watch: Journal;
    readonly claims: () => number;
    once(act: () => void): void;
  } {
    let claims = 0;
    let between: (() => void) | undefined;
    const watch: Journal = {
      ...journal,
      claim(...asked) {
        claims += 1;
        return journal.claim(...asked);
      },
      attend: (sink, taker) =>
        journal.attend(sink, {
          room() {
            const room = taker.room();
            between?.();
            between = undefined;
            return room;
          },
          take: (claimed) => taker.take(claimed),
          queued: () => taker.queued(),
        }),
    };
    return {
      watch,
      claims: () => claims,
      once: (act) => {
        between = act;
      },
    };
  }

  test("is sent without being claimed, in the order of storing", async () => {
    const { watch, claims } = watched((await journalForTest()).journal);
    const { sink, hand, states } = await setting({ journal: watch, reply: () => ok });
    await until(() => hand.next === 30_000);
    const before = claims();
    const stored = await queue(watch, "a", "b", "a");
    await until(async () => (await states()).join() === "delivered,delivered,delivered");
    expect(sentIds(sink)).toEqual(stored.map(({ controlId }) => controlId));
    expect(claims()).toBe(before);
  });

  test("is stored as sending, so that a start after a power cut knows that it may have gone", async () => {
    const { sink, journal, hand, states } = await setting();
    await until(() => hand.next === 30_000);
    await queue(journal, "a");
    await until(() => sink.sent.length === 1);
    expect(await states()).toEqual(["sending"]);
  });

  test("goes back behind an earlier one of its lane that went back meanwhile", async () => {
    const { watch, once } = watched((await journalForTest()).journal);
    const { sink, hand } = await setting({ journal: watch });
    await until(() => hand.next === 30_000);
    const [a1] = await queue(watch, "a");
    await until(() => sink.sent.length === 1);
    sink.reply = () => ok;
    once(() => sink.sent[0]?.answer({ ok: false, code: "ACK_ERROR" }));
    const [a2] = await queue(watch, "a");
    await until(() => {
      hand.advance(500);
      return sink.sent.length === 3;
    });
    expect(sentIds(sink)).toEqual([a1?.controlId, a1?.controlId, a2?.controlId]);
  });

  test("is not passed by a later one of its lane when something stirs the queue meanwhile", async () => {
    const { watch, once } = watched((await journalForTest()).journal);
    const { sink, hand, worker } = await setting({ journal: watch, gatherMs: 50, reply: () => ok });
    await until(() => hand.next === 30_000);
    // Delivered, and its note still waits for company: the claim hands that over first.
    const [warm] = await queue(watch, "x");
    await until(() => hand.next === 50);
    let later: ReturnType<typeof queue> | undefined;
    once(() =>
      queueMicrotask(() => {
        worker.poke();
        later = queue(watch, "a");
      }),
    );
    const [a1] = await queue(watch, "a");
    await until(() => {
      hand.advance(50);
      return sink.sent.length === 3;
    });
    const [a2] = (await later) ?? [];
    expect(sentIds(sink)).toEqual([warm, a1, a2].map((delivery) => delivery?.controlId));
  });

  test("waits in the queue while a person must look at whatever may have arrived", async () => {
    const { watch, claims } = watched((await journalForTest()).journal);
    const { sink, hand } = await setting({ journal: watch, whenUnsure: "ask", reply: () => ok });
    await until(() => hand.next === 30_000);
    const before = claims();
    await queue(watch, "a");
    await until(() => sink.sent.length === 1);
    expect(claims()).toBeGreaterThan(before);
  });
});

describe("claimed ahead", () => {
  /** A journal whose answers to the second claim wait until they are let through. */
  function gated(journal: Journal): { readonly gate: Journal; readonly claims: () => number; letThrough(): void } {
    let claims = 0;
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const gate: Journal = {
      ...journal,
      async claim(...asked) {
        claims += 1;
        const mine = claims;
        const answer = await journal.claim(...asked);
        if (mine === 2) await opened;
        return answer;
      },
    };
    return { gate, claims: () => claims, letThrough: () => open() };
  }

  test("is not sent when an earlier one of its lane went back meanwhile", async () => {
    const { journal } = await journalForTest();
    const [a1] = await queue(journal, "a");
    const { gate, claims, letThrough } = gated(journal);
    const { sink, worker, hand, states } = await setting({ journal: gate });
    await until(() => sink.sent.length === 1);
    const [a2] = await queue(journal, "a");
    worker.poke();
    await until(async () => (await states()).join() === "sending,sending");
    expect(claims()).toBe(2);
    sink.reply = () => ok;
    sink.sent[0]?.answer({ ok: false, code: "ACK_ERROR" });
    letThrough();
    await until(() => {
      hand.advance(500);
      return sink.sent.length === 3;
    });
    expect(sentIds(sink)).toEqual([a1?.controlId, a1?.controlId, a2?.controlId]);
  });

  test("is not sent when the connection broke meanwhile, for others went back then", async () => {
    const { journal } = await journalForTest();
    const [a1, b1] = await queue(journal, "a", "b");
    const { gate, claims, letThrough } = gated(journal);
    const { sink, worker, hand, states } = await setting({ journal: gate });
    await until(() => sink.sent.length === 1);
    const [b2] = await queue(journal, "b");
    worker.poke();
    await until(async () => (await states()).join() === "sending,sending,sending");
    expect(claims()).toBe(2);
    sink.sent[0]?.answer({ ok: false, code: "RECEIVER_DOWN" });
    await until(() => hand.next === 0);
    hand.advance(0);
    await until(() => worker.status().state === "up");
    sink.reply = () => ok;
    letThrough();
    await until(() => {
      hand.advance(500);
      return sink.sent.length === 4;
    });
    expect(sentIds(sink)).toEqual([a1, a1, b1, b2].map((one) => one?.controlId));
  });

  test("what went back is in the journal's hands before the journal is asked for more", async () => {
    const { journal } = await journalForTest();
    const [x1, a1] = await queue(journal, "x", "a");
    const asked: string[] = [];
    let slow: () => void = () => undefined;
    const watched: Journal = {
      ...journal,
      async settle(outcomes) {
        asked.push(...outcomes.map(({ id }) => (id === x1?.id ? "settle x1" : "settle a1")));
        if (outcomes.some(({ id }) => id === x1?.id)) {
          await new Promise<void>((resolve) => {
            slow = resolve;
          });
        }
        return journal.settle(outcomes);
      },
      claim(...all) {
        asked.push("claim");
        return journal.claim(...all);
      },
    };
    const { sink } = await setting({ journal: watched, sink: new ScriptedSink("emr", 2) });
    await until(() => sink.sent.length === 2);
    sink.sent[0]?.answer(ok);
    await until(() => asked.includes("settle x1"));
    expect(a1?.controlId).toBe(sink.sent[1]?.controlId);
    sink.sent[1]?.answer({ ok: false, code: "ACK_ERROR" });
    await until(() => asked.includes("settle a1"));
    expect(asked.slice(asked.indexOf("settle x1"))).toEqual(["settle x1", "settle a1", "claim"]);
    slow();
  });
});

test("whatever a receiver does, each lane arrives in order, nothing is lost, and nothing changes its id or bytes", async () => {
  const { journal } = await journalForTest({ steady: hurried });
  const result = fc.constantFrom<SendResult>(
    ok,
    ok,
    ok,
    { ok: false, code: "ACK_TIMEOUT" },
    { ok: false, code: "ACK_ERROR" },
    { ok: false, code: "RECEIVER_DOWN" },
    { ok: false, code: "ACK_REJECT" },
  );
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 12 }),
      fc.nat({ max: 12 }),
      fc.array(result, { maxLength: 25 }),
      async (lanes, atOnce, results) => {
        run += 1;
        const sink = new ScriptedSink(`sink-${run}`);
        sink.reply = (n) => results[n - 1] ?? ok;
        const hand = new Hand();
        const queued = lanes.map((lane) => ({ lane, observation: sampleObservation() }));
        const deliveries = queued.map(({ lane, observation }) => deliveryOf(observation, { sink: sink.id, lane }));
        const store = (from: number, to?: number): Promise<unknown> =>
          journal.append({
            observations: queued.slice(from, to).map((q) => q.observation),
            events: [],
            deliveries: deliveries.slice(from, to),
          });
        await store(0, atOnce);
        const { clock, wake } = hand;
        const worker = deliver({ sink, journal, clock, wake, onAlert: () => undefined, random: () => 0 });
        const open = async (): Promise<number> =>
          (await journal.deliveries({ limit: 99, sink: sink.id, states: ["queued", "sending"] })).length;
        // Those that come while it is at work find it in any state, and are taken or queued.
        for (let i = atOnce; i < lanes.length; i += 1) {
          await store(i, i + 1);
          hand.advance(Math.min(hand.next ?? 0, 5000));
        }
        while ((await open()) > 0) hand.advance(Math.min(hand.next ?? 0, 5000));
        await worker.stop();

        const final = new Map((await journal.deliveries({ limit: 99, sink: sink.id })).map((d) => [d.controlId, d]));
        expect(final.size).toBe(deliveries.length);
        for (const lane of new Set(lanes)) {
          const inOrder = deliveries.filter((d) => d.lane === lane && final.get(d.controlId)?.state === "delivered");
          const arrivals = inOrder.map(({ controlId }) => sink.sent.findLastIndex((s) => s.controlId === controlId));
          expect(arrivals).toEqual([...arrivals].sort((x, y) => x - y));
        }
        const bytes = new Map(deliveries.map((d) => [d.controlId, Buffer.from(d.bytes).toString()]));
        for (const sent of sink.sent) expect(sent.text).toBe(bytes.get(sent.controlId));
      },
    ),
    { numRuns: 60 },
  );
});
