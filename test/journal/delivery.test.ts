import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Claimed, Journal, Outcome } from "../../src/journal/journal.ts";
import { deliveryOf, entryOf, hurried, journalForTest, queue } from "../kit/journals.ts";
import { sampleObservation } from "../kit/sample.ts";

const at = "2026-11-23T14:05:09.120Z";
const ids = (claimed: readonly Claimed[]): string[] => claimed.map(({ id }) => id);
const settle = (journal: Journal, id: string | undefined, outcome: Omit<Outcome, "id" | "at">): Promise<void> =>
  journal.settle([{ id: id ?? "", at, ...outcome }]);

describe("claim", () => {
  test("hands out the oldest first, as many as asked for, each once", async () => {
    const { journal } = await journalForTest();
    const queued = await queue(journal, "a", "b", "a");
    expect(ids(await journal.claim("emr", 2, 0))).toEqual([queued[0]?.id, queued[1]?.id]);
    expect(await journal.claim("emr", 5, 0)).toEqual([
      {
        id: queued[2]?.id,
        lane: "a",
        controlId: queued[2]?.controlId,
        bytes: queued[2]?.bytes,
        attempts: 0,
        mayBeDuplicate: false,
        interrupted: false,
      },
    ]);
    expect(await journal.claim("emr", 5, 0)).toEqual([]);
  });

  test("one sink's queue is not another's", async () => {
    const { journal } = await journalForTest();
    await queue(journal, "a");
    expect(await journal.claim("broker", 5, 0)).toEqual([]);
  });

  test("one that waits for its next try holds back its lane, and no other", async () => {
    const { journal } = await journalForTest();
    const [a1, b1, a2] = await queue(journal, "a", "b", "a");
    await journal.claim("emr", 1, 0);
    await settle(journal, a1?.id, { state: "queued", code: "ACK_ERROR", nextAtMs: 1000 });
    expect(ids(await journal.claim("emr", 5, 999))).toEqual([b1?.id]);
    expect(await journal.nextDue("emr")).toBe(1000);
    expect(ids(await journal.claim("emr", 5, 1000))).toEqual([a1?.id, a2?.id]);
    expect(await journal.nextDue("emr")).toBeUndefined();
  });

  test.each(["rejected", "unsure"] as const)("a dead letter (%s) lets its lane go on", async (state) => {
    const { journal } = await journalForTest();
    const [a1, a2] = await queue(journal, "a", "a");
    await journal.claim("emr", 1, 0);
    await settle(journal, a1?.id, { state, code: "ACK_REJECT" });
    expect(ids(await journal.claim("emr", 5, 0))).toEqual([a2?.id]);
  });

  test("a withdrawal waits for the dead letter of the same reading, not for others", async () => {
    const { journal } = await journalForTest();
    const [mine, other] = [sampleObservation(), sampleObservation()];
    const result = deliveryOf(mine);
    await journal.append({ observations: [mine, other], events: [], deliveries: [result] });
    await journal.claim("emr", 1, 0);
    await settle(journal, result.id, { state: "rejected", code: "ACK_REJECT" });
    const blocked = deliveryOf(mine, { purpose: "withdrawal" });
    const free = deliveryOf(other, { purpose: "withdrawal" });
    await journal.append({ observations: [], events: [], deliveries: [blocked, free] });
    expect(ids(await journal.claim("emr", 5, 0))).toEqual([free.id]);
    expect(await journal.nextDue("emr")).toBeUndefined();
    await journal.abandon(result.id, "Ana", "wrong patient", at);
    expect(await journal.nextDue("emr")).toBe(0);
    expect(ids(await journal.claim("emr", 5, 0))).toEqual([blocked.id]);
  });

  test("nothing of a lane is ever handed out past an earlier one that waits, whatever happens", async () => {
    const { journal } = await journalForTest({ steady: hurried });
    const step = fc.oneof(
      fc.record({ do: fc.constant("append" as const), lane: fc.constantFrom("a", "b") }),
      fc.record({ do: fc.constant("claim" as const), limit: fc.integer({ min: 1, max: 3 }) }),
      fc.record({
        do: fc.constant("settle" as const),
        state: fc.constantFrom("delivered" as const, "rejected" as const, "queued" as const),
        waitMs: fc.integer({ min: 0, max: 40 }),
        handedOver: fc.boolean(),
      }),
    );
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 50 }), async (steps) => {
        run += 1;
        const sink = `sink-${run}`;
        const lanes = new Map<string, { id: string; waitsUntil: number; state: string }[]>();
        const out: { id: string; lane: string }[] = [];
        for (const [now, what] of steps.entries()) {
          if (what.do === "append") {
            const delivery = deliveryOf(sampleObservation(), { sink, lane: what.lane });
            const observation = sampleObservation();
            await journal.append({
              observations: [observation],
              events: [],
              deliveries: [{ ...delivery, observations: [observation.id] }],
            });
            const line = lanes.get(what.lane) ?? [];
            lanes.set(what.lane, [...line, { id: delivery.id, waitsUntil: 0, state: "queued" }]);
          } else if (what.do === "claim") {
            for (const { id, lane } of await journal.claim(sink, what.limit, now)) {
              const line = lanes.get(lane) ?? [];
              const place = line.findIndex((one) => one.id === id);
              for (const earlier of line.slice(0, place)) {
                expect(earlier.state === "queued" && earlier.waitsUntil > now).toBe(false);
                expect(earlier.state).not.toBe("queued");
              }
              const mine = line[place];
              expect(mine?.state).toBe("queued");
              if (mine !== undefined) mine.state = "sending";
              out.push({ id, lane });
            }
          } else {
            const one = out.shift();
            if (one === undefined) continue;
            const retry = what.state === "queued" && what.handedOver;
            await settle(journal, one.id, {
              state: what.state,
              ...(retry ? { code: "ACK_ERROR", nextAtMs: now + what.waitMs } : {}),
            });
            const mine = lanes.get(one.lane)?.find(({ id }) => id === one.id);
            if (mine !== undefined) {
              mine.state = what.state;
              mine.waitsUntil = retry ? now + what.waitMs : 0;
            }
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe("settle", () => {
  test("what was given back unsent counts no attempt and keeps its place", async () => {
    const { journal } = await journalForTest();
    const [a1, a2] = await queue(journal, "a", "a");
    await journal.claim("emr", 2, 0);
    await journal.settle([
      { id: a2?.id ?? "", state: "queued", at },
      { id: a1?.id ?? "", state: "queued", at },
    ]);
    const again = await journal.claim("emr", 5, 0);
    expect(ids(again)).toEqual([a1?.id, a2?.id]);
    expect(again[0]).toMatchObject({ attempts: 0, mayBeDuplicate: false });
  });

  test("what may have arrived is sent again with the same bytes and control id, and says so", async () => {
    const { journal } = await journalForTest();
    await queue(journal, "a");
    const [first] = await journal.claim("emr", 1, 0);
    await settle(journal, first?.id, { state: "queued", code: "ACK_TIMEOUT", nextAtMs: 7, mayHaveReached: true });
    const [again] = await journal.claim("emr", 1, 7);
    expect(again).toEqual({ ...first, attempts: 1, mayBeDuplicate: true });
    await settle(journal, again?.id, { state: "delivered", answer: "AA" });
    expect(await journal.deliveries({ limit: 1 })).toMatchObject([
      { state: "delivered", attempts: 2, settledAt: at, answer: "AA" },
    ]);
  });

  test("an outcome of something that is not under way changes nothing", async () => {
    const { journal } = await journalForTest();
    const [a1] = await queue(journal, "a");
    await settle(journal, a1?.id, { state: "delivered" });
    expect(await journal.deliveries({ limit: 1 })).toMatchObject([{ state: "queued" }]);
    await settle(journal, "no-such", { state: "delivered" });
    expect((await journal.counts()).deliveries).toEqual({ emr: { queued: 1 } });
  });
});

describe("a restart", () => {
  test("what was under way goes back to its place, marked; what was queued stays as it was", async () => {
    const { journal, path } = await journalForTest();
    const [a1, a2, b1] = await queue(journal, "a", "a", "b");
    await journal.claim("emr", 1, 0);
    await journal.close();
    const again = await journalForTest({ path });
    expect(again.opened).toEqual({ requeued: 1, unsure: 0 });
    const claimed = await again.journal.claim("emr", 5, 0);
    expect(
      claimed.map(({ id, mayBeDuplicate, interrupted, bytes, controlId }) => [
        id,
        mayBeDuplicate,
        interrupted,
        Buffer.from(bytes),
        controlId,
      ]),
    ).toEqual([
      [a1?.id, true, true, a1?.bytes, a1?.controlId],
      [a2?.id, false, false, a2?.bytes, a2?.controlId],
      [b1?.id, false, false, b1?.bytes, b1?.controlId],
    ]);
  });

  test("what waited for its next try is due, for the clock it waited on may be gone", async () => {
    const { journal, path } = await journalForTest();
    const [a1] = await queue(journal, "a");
    await journal.claim("emr", 1, 0);
    await settle(journal, a1?.id, { state: "queued", code: "ACK_ERROR", nextAtMs: 1e12 });
    await journal.close();
    const again = await journalForTest({ path });
    expect(ids(await again.journal.claim("emr", 5, 0))).toEqual([a1?.id]);
  });
});

describe("people", () => {
  test("retry puts a dead letter back before later ones of its lane, unchanged, with an event", async () => {
    const { journal } = await journalForTest();
    const [a1, a2] = await queue(journal, "a", "a");
    await journal.claim("emr", 1, 0);
    await settle(journal, a1?.id, { state: "rejected", code: "ACK_REJECT", answer: "no such patient" });
    await journal.retry(a1?.id ?? "", "Ana", at);
    const claimed = await journal.claim("emr", 5, 0);
    expect(ids(claimed)).toEqual([a1?.id, a2?.id]);
    expect(claimed[0]).toMatchObject({ controlId: a1?.controlId, attempts: 1 });
    expect(await journal.events({ limit: 1 })).toMatchObject([
      { type: "delivery-retried", by: "Ana", data: { delivery: a1?.id, was: "rejected" } },
    ]);
  });

  test("retry lets a waiting one go at once", async () => {
    const { journal } = await journalForTest();
    const [a1] = await queue(journal, "a");
    await journal.claim("emr", 1, 0);
    await settle(journal, a1?.id, { state: "queued", code: "ACK_ERROR", nextAtMs: 50_000 });
    await journal.retry(a1?.id ?? "", "Ana", at);
    expect(ids(await journal.claim("emr", 5, 0))).toEqual([a1?.id]);
  });

  test("retry and abandon say what cannot be done, and change nothing", async () => {
    const { journal } = await journalForTest();
    const [a1] = await queue(journal, "a");
    await expect(journal.retry("no-such", "Ana", at)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(journal.abandon(a1?.id ?? "", "Ana", "why", at)).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    await journal.claim("emr", 1, 0);
    await expect(journal.retry(a1?.id ?? "", "Ana", at)).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    expect(await journal.events({ limit: 5 })).toEqual([]);
  });
});

describe("amend", () => {
  const held = () => sampleObservation({ standing: { state: "held", reasons: ["no-patient"] } });
  const event = { at, type: "reading-attach", by: "Ana" };
  const binding = {
    subject: { kind: "patient", patient: { id: "P2", authority: "CLINIC", type: "MR" } },
    since: at,
    method: "person",
    verified: true,
  } as const;

  test("attaching a held reading binds it and queues its message; the stored row stays", async () => {
    const { journal } = await journalForTest();
    const observation = held();
    await journal.append(entryOf(observation));
    expect(await journal.observations({ limit: 5, standing: "held" })).toHaveLength(1);
    await journal.amend({
      observations: [observation.id],
      from: "held",
      standing: { state: "ready" },
      binding,
      event,
      deliveries: [deliveryOf(observation)],
    });
    const [row] = await journal.observations({ limit: 5, standing: "ready" });
    expect(row?.observation).toEqual({ ...observation, standing: { state: "ready" }, binding });
    expect(row?.deliveries).toHaveLength(1);
    expect((await journal.counts()).held).toBe(0);
    expect(await journal.events({ limit: 5 })).toMatchObject([{ type: "reading-attach", by: "Ana" }]);
  });

  test("the newest amendment counts, and what it does not name stays", async () => {
    const { journal } = await journalForTest();
    const observation = held();
    await journal.append(entryOf(observation));
    const change = { observations: [observation.id], event, deliveries: [] };
    await journal.amend({ ...change, from: "held", standing: { state: "ready" }, binding });
    await journal.amend({ ...change, from: "ready", standing: { state: "held", reasons: ["by-person"] } });
    const [row] = await journal.observations({ limit: 5, standing: "held" });
    expect(row?.observation).toMatchObject({ binding, standing: { state: "held", reasons: ["by-person"] } });
    await journal.amend({ ...change, from: "held", standing: { state: "discarded", by: "Ana", reason: "test" } });
    expect(await journal.observations({ limit: 5, standing: "discarded" })).toHaveLength(1);
    expect(await journal.observations({ limit: 5, standing: "held" })).toHaveLength(0);
  });

  test("a group changes whole or not at all", async () => {
    const { journal } = await journalForTest();
    const [one, two] = [held(), sampleObservation()];
    await journal.append({ observations: [one, two], events: [], deliveries: [] });
    const change = { from: "held", standing: { state: "ready" }, event, deliveries: [] } as const;
    await expect(journal.amend({ ...change, observations: [one.id, two.id] })).rejects.toMatchObject({
      code: "NOT_ALLOWED",
    });
    await expect(journal.amend({ ...change, observations: [one.id, "none"] })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    expect((await journal.counts()).held).toBe(1);
    expect(await journal.events({ limit: 5 })).toEqual([]);
  });

  test("what goes along is bound with the others and stands as it did; if it changed meanwhile, nothing changes", async () => {
    const { journal } = await journalForTest();
    const [one, two] = [sampleObservation(), held()];
    await journal.append({ observations: [one, two], events: [], deliveries: [] });
    const change = {
      observations: [one.id],
      from: "ready",
      standing: { state: "ready" },
      event,
      deliveries: [],
    } as const;
    const moved = (version: number) => journal.amend({ ...change, binding, along: [{ observation: two.id, version }] });
    await expect(moved(7)).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    expect((await journal.observations({ limit: 5 })).map(({ version }) => version)).toEqual([0, 0]);
    await moved(0);
    const rows = await journal.observations({ limit: 5 });
    expect(rows.map(({ observation }) => observation.binding)).toEqual([binding, binding]);
    expect(rows.map(({ observation }) => observation.standing)).toEqual([two.standing, { state: "ready" }]);
    expect(await journal.counts()).toMatchObject({ held: 1, heldReasons: { "no-patient": 1 } });
  });

  test("a recall gives up what was never handed over", async () => {
    const { journal } = await journalForTest();
    const observation = sampleObservation();
    await journal.append(entryOf(observation, { sink: "emr" }, { sink: "broker" }));
    const change = {
      observations: [observation.id],
      from: "ready",
      standing: { state: "held", reasons: ["by-person"] },
      recall: true,
      event,
      deliveries: [],
    } as const;
    await journal.amend(change);
    expect((await journal.deliveries({ limit: 5 })).map(({ state }) => state)).toEqual(["abandoned", "abandoned"]);
    expect(await journal.claim("emr", 5, 0)).toEqual([]);
  });

  test.each(["sending", "delivered", "tried"])("a recall of what is %s is refused and changes nothing", async (how) => {
    const { journal } = await journalForTest();
    const observation = sampleObservation();
    await journal.append(entryOf(observation, { sink: "emr" }, { sink: "broker" }));
    const [claimed] = await journal.claim("emr", 1, 0);
    if (how === "delivered") await settle(journal, claimed?.id, { state: "delivered" });
    if (how === "tried") await settle(journal, claimed?.id, { state: "queued", code: "ACK_ERROR" });
    const before = await journal.deliveries({ limit: 5 });
    await expect(
      journal.amend({
        observations: [observation.id],
        from: "ready",
        standing: { state: "held", reasons: ["by-person"] },
        recall: true,
        event,
        deliveries: [],
      }),
    ).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    expect(await journal.deliveries({ limit: 5 })).toEqual(before);
    expect(await journal.observations({ limit: 5, standing: "ready" })).toHaveLength(1);
  });

  test("a recall of one of two that a queued message carries is refused; of both it is not", async () => {
    const { journal } = await journalForTest();
    const [one, two] = [sampleObservation(), sampleObservation()];
    const { deliveries } = entryOf(one, { sink: "emr" });
    const both = deliveries.map((delivery) => ({ ...delivery, observations: [one.id, two.id] }));
    await journal.append({ observations: [one, two], events: [], deliveries: both });
    const recall = (...observations: string[]) =>
      journal.amend({
        observations,
        from: "ready",
        standing: { state: "held", reasons: ["by-person"] },
        recall: true,
        event,
        deliveries: [],
      });
    await expect(recall(one.id)).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    expect((await journal.deliveries({ limit: 5 })).map(({ state }) => state)).toEqual(["queued"]);
    expect(await journal.observations({ limit: 5, standing: "ready" })).toHaveLength(2);
    await recall(one.id, two.id);
    expect((await journal.deliveries({ limit: 5 })).map(({ state }) => state)).toEqual(["abandoned"]);
  });
});

describe("attend", () => {
  /** Has room for so many, and writes down what it is told. */
  function taker(room: number) {
    const told: (string | readonly Claimed[])[] = [];
    return {
      told,
      room: () => room,
      take: (claimed: readonly Claimed[]) => void told.push(claimed),
      queued: () => void told.push("queued"),
    };
  }

  test("what is taken is stored as sending, and handed over with its bytes once it is on disk", async () => {
    const { journal } = await journalForTest();
    const worker = taker(2);
    journal.attend("emr", worker);
    const one = sampleObservation();
    const deliveries = [deliveryOf(one, { lane: "a" }), deliveryOf(one, { lane: "b" })];
    const appended = journal.append({ observations: [one], events: [], deliveries });
    expect(worker.told).toEqual([]);
    await appended;
    const [claimed] = worker.told;
    expect(claimed).toEqual(
      deliveries.map(({ id, lane, controlId, bytes }) => ({
        id,
        lane,
        controlId,
        bytes,
        attempts: 0,
        mayBeDuplicate: false,
        interrupted: false,
      })),
    );
    expect((await journal.deliveries({ limit: 9 })).map(({ state }) => state)).toEqual(["sending", "sending"]);
    expect(await journal.claim("emr", 9, 0)).toEqual([]);
  });

  test("where there is no room for all, all are queued, and it is told so", async () => {
    const { journal } = await journalForTest();
    const worker = taker(1);
    journal.attend("emr", worker);
    const one = sampleObservation();
    const deliveries = [deliveryOf(one), deliveryOf(one), deliveryOf(one, { sink: "broker" })];
    await journal.append({ observations: [one], events: [], deliveries });
    expect(worker.told).toEqual(["queued"]);
    expect(ids(await journal.claim("emr", 9, 0))).toEqual(deliveries.slice(0, 2).map(({ id }) => id));
    expect(await journal.claim("broker", 9, 0)).toHaveLength(1);
  });

  test("nothing is handed over of what could not be stored", async () => {
    const { journal } = await journalForTest();
    const [before] = await queue(journal, "a");
    const worker = taker(9);
    journal.attend("emr", worker);
    const one = sampleObservation();
    const clash = deliveryOf(one, { controlId: before?.controlId ?? "" });
    await expect(journal.append({ observations: [one], events: [], deliveries: [clash] })).rejects.toThrow();
    expect(worker.told).toEqual([]);
    expect((await journal.counts()).observations).toBe(1);
  });

  test("a withdrawal is queued, for it may have to wait for a dead letter", async () => {
    const { journal } = await journalForTest();
    const worker = taker(9);
    journal.attend("emr", worker);
    const one = sampleObservation();
    await journal.append(entryOf(one, { purpose: "withdrawal" }));
    expect(worker.told).toEqual(["queued"]);
  });
});
