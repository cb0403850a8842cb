import { statSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Journal } from "../../src/journal/journal.ts";
import type { Observation } from "../../src/model/observation.ts";
import { deliveryOf, entryOf, journalForTest } from "../kit/journals.ts";
import { sampleObservation } from "../kit/sample.ts";

const received = (wall: string, over: Partial<Observation> = {}): Observation =>
  sampleObservation({
    ...over,
    times: {
      received: { wall, monotonicMs: 1, boot: "b", quality: "synchronised" },
      measured: wall,
      source: "arrival",
    },
  });

const old = "2026-01-01T00:00:00.000Z";
const young = "2026-06-01T00:00:00.000Z";
const between = "2026-03-01T00:00:00.000Z";

async function deliverAll(journal: Journal, sink = "emr"): Promise<void> {
  for (;;) {
    const claimed = await journal.claim(sink, 500, 0);
    if (claimed.length === 0) return;
    await journal.settle(claimed.map(({ id }) => ({ id, state: "delivered", at: young })));
  }
}

const remaining = async (journal: Journal): Promise<Set<string>> =>
  new Set((await journal.observations({ limit: 1000 })).map((row) => row.observation.id));

describe("retention", () => {
  test("removes what is old and delivered, and nothing else", async () => {
    const { journal } = await journalForTest();
    const delivered = received(old);
    const unsent = received(old);
    const half = received(old);
    const held = received(old, { standing: { state: "held", reasons: ["no-patient"] } });
    const never = received(old);
    const recent = received(young);
    await journal.append(entryOf(delivered, { sink: "emr" }));
    await journal.append(entryOf(half, { sink: "emr" }, { sink: "broker" }));
    await journal.append(entryOf(held));
    await journal.append(entryOf(never));
    await journal.append(entryOf(recent, { sink: "emr" }));
    await deliverAll(journal);
    await journal.append(entryOf(unsent, { sink: "emr" }));
    expect(await journal.retain(between)).toBe(2);
    expect(await remaining(journal)).toEqual(new Set([unsent.id, half.id, held.id, recent.id]));
    expect(await journal.counts()).toMatchObject({
      observations: 4,
      held: 1,
      deliveries: { emr: { delivered: 2, queued: 1 }, broker: { queued: 1 } },
    });
  });

  test("a rejected one stays until a person gives it up", async () => {
    const { journal } = await journalForTest();
    const observation = received(old);
    await journal.append(entryOf(observation, {}));
    const [claimed] = await journal.claim("emr", 1, 0);
    await journal.settle([{ id: claimed?.id ?? "", state: "rejected", at: old, code: "ACK_REJECT" }]);
    expect(await journal.retain(between)).toBe(0);
    await journal.abandon(claimed?.id ?? "", "Ana", "entered by hand", young);
    expect(await journal.retain(between)).toBe(1);
    expect(await journal.deliveries({ limit: 5 })).toEqual([]);
  });

  test("a message of two readings stays until both go", async () => {
    const { journal } = await journalForTest();
    const [first, second] = [received(old), received(young)];
    const delivery = deliveryOf(first, { observations: [first.id, second.id] });
    await journal.append({ observations: [first, second], events: [], deliveries: [delivery] });
    await deliverAll(journal);
    expect(await journal.retain(between)).toBe(1);
    expect(await journal.deliveries({ limit: 5 })).toMatchObject([{ id: delivery.id, observations: [second.id] }]);
    expect(await journal.retain("2027-01-01T00:00:00.000Z")).toBe(1);
    expect(await journal.deliveries({ limit: 5 })).toEqual([]);
  });

  test("what an instrument may report again is still known when it is gone", async () => {
    const { journal } = await journalForTest();
    await journal.append(entryOf(received(old, { sourceKey: "meter-1/17" }), {}));
    await deliverAll(journal);
    expect(await journal.retain(between)).toBe(1);
    expect(await journal.known(["meter-1/17"])).toEqual(new Set(["meter-1/17"]));
    const again = received(young, { sourceKey: "meter-1/17" });
    expect(await journal.append(entryOf(again, {}))).toEqual({ stored: [], known: 1 });
    expect(await journal.claim("emr", 5, 0)).toEqual([]);
  });

  test("a reading stamped by a clock that was wrong is no older than those before it", async () => {
    const { journal } = await journalForTest();
    await journal.append(entryOf(received(young), {}));
    await journal.append(entryOf(received("1970-01-01T00:00:10.000Z"), {}));
    await deliverAll(journal);
    expect(await journal.retain(between)).toBe(0);
  });

  test("events go with the readings of their time, but those of a reading that is still here stay", async () => {
    const { journal } = await journalForTest();
    const held = received(old, { standing: { state: "held", reasons: ["no-patient"] } });
    await journal.append({ ...entryOf(held), events: [{ at: old, type: "scan" }] });
    await journal.amend({
      observations: [held.id],
      from: "held",
      standing: { state: "held", reasons: ["by-person"] },
      event: { at: old, type: "reading-hold", by: "Ana" },
      deliveries: [],
    });
    await journal.append({ observations: [], events: [{ at: young, type: "scan" }], deliveries: [] });
    await journal.retain(between);
    expect((await journal.events({ limit: 9 })).map(({ type, at }) => [type, at])).toEqual([
      ["scan", young],
      ["reading-hold", old],
    ]);
  });

  test("above its size the oldest delivered go, in small batches, and the file shrinks", async () => {
    const maxBytes = 2 ** 20;
    const { journal, path } = await journalForTest({ maxBytes });
    const bytes = Buffer.alloc(2000, "x");
    for (let n = 0; n < 4; n += 1) {
      const all = Array.from({ length: 400 }, () => received(young));
      const deliveries = all.map((observation) => deliveryOf(observation, { bytes }));
      await journal.append({ observations: all, events: [], deliveries });
    }
    const newest = (await journal.observations({ limit: 1 }))[0]?.observation.id ?? "";
    expect(await journal.retain(old)).toBe(0);
    await deliverAll(journal);
    expect(await journal.retain(old)).toBeGreaterThan(500);
    const left = await remaining(journal);
    expect(left.has(newest)).toBe(true);
    await journal.close();
    expect(statSync(path).size).toBeLessThanOrEqual(maxBytes);
  });

  test("the WAL does not grow with the work", async () => {
    const { journal, path } = await journalForTest();
    for (let n = 0; n < 40; n += 1) {
      const all = Array.from({ length: 500 }, () => received(old));
      await journal.append({ observations: all, events: [], deliveries: all.map((o) => deliveryOf(o)) });
    }
    await deliverAll(journal);
    expect(await journal.retain(between)).toBe(20_000);
    expect(statSync(`${path}-wal`).size).toBeLessThan(40 * 2 ** 20);
  });
});
