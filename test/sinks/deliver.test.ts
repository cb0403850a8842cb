import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import type { DeliveryState, Journal } from "../../src/journal/journal.ts";
import { JournalError } from "../../src/journal/journal.ts";
import type { Clock } from "../../src/model/times.ts";
import type { Alert, Wake } from "../../src/sinks/alarm.ts";
import { backoffMs } from "../../src/sinks/backoff.ts";
import { type Delivering, type DeliverOptions, deliver } from "../../src/sinks/deliver.ts";
import type { SendResult, Sink } from "../../src/sinks/sink.ts";
import { deliveryOf, entryOf, journalForTest, queue } from "../kit/journals.ts";
import { sampleObservation } from "../kit/sample.ts";
import { until } from "../kit/until.ts";

/** Time that stands still until it is moved on; alarms ring in order. */
class Hand {
  ms = 1000;
  #alarms: { readonly at: number; readonly ring: () => void }[] = [];

  readonly clock: Clock = {
    now: () => ({
      wall: new Date(Date.UTC(2026, 10, 23) + this.ms).toISOString(),
      monotonicMs: this.ms,
      boot: "b",
      quality: "synchronised",
    }),
  };

  readonly wake: Wake = (afterMs, ring) => {
    const alarm = { at: this.ms + afterMs, ring };
    this.#alarms.push(alarm);
    return () => {
      this.#alarms = this.#alarms.filter((one) => one !== alarm);
    };
  };

  get next(): number | undefined {
    return this.#alarms.map(({ at }) => at - this.ms).sort((a, b) => a - b)[0];
  }

  advance(ms: number): void {
    const end = this.ms + ms;
    for (;;) {
      const due = this.#alarms.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#alarms = this.#alarms.filter((one) => one !== due);
      this.ms = Math.max(this.ms, due.at);
      due.ring();
    }
    this.ms = end;
  }
}

interface Sent {
  readonly controlId: string;
  readonly text: string;
  readonly mayBeDuplicate: boolean;
  answer(result: SendResult): void;
}

/** A destination whose every answer the test gives: `reply` answers at once, otherwise `sent` waits for `answer`. */
class ScriptedSink implements Sink {
  readonly sent: Sent[] = [];
  connects = 0;
  closed = 0;
  connection: SendResult = { ok: true };
  reply: ((n: number) => SendResult) | undefined;
  readonly id: string;
  readonly window: number;

  constructor(id = "emr", window = 1) {
    this.id = id;
    this.window = window;
  }

  encode(): Uint8Array {
    return new Uint8Array();
  }
  async connect(): Promise<SendResult> {
    this.connects += 1;
    return this.connection;
  }
  send({ controlId, bytes, mayBeDuplicate }: Parameters<Sink["send"]>[0]): Promise<SendResult> {
    return new Promise((resolve) => {
      const text = Buffer.from(bytes).toString();
      this.sent.push({ controlId, text, mayBeDuplicate, answer: resolve });
      if (this.reply !== undefined) resolve(this.reply(this.sent.length));
    });
  }
  async close(): Promise<void> {
    this.closed += 1;
  }
}

interface Setting {
  readonly sink: ScriptedSink;
  readonly journal: Journal;
  readonly hand: Hand;
  readonly alerts: Alert[];
  readonly worker: Delivering;
  readonly states: () => Promise<readonly DeliveryState[]>;
}

interface SettingOptions extends Partial<DeliverOptions> {
  readonly reply?: (n: number) => SendResult;
  readonly sink?: ScriptedSink;
  readonly journal?: Journal;
  readonly queued?: (journal: Journal) => Promise<unknown>;
  readonly gatherMs?: number;
}

const ok: SendResult = { ok: true };

async function setting({ sink = new ScriptedSink(), queued, ...over }: SettingOptions = {}): Promise<Setting> {
  if (over.reply !== undefined) sink.reply = over.reply;
  const journal = over.journal ?? (await journalForTest()).journal;
  await queued?.(journal);
  const hand = new Hand();
  const alerts: Alert[] = [];
  const options = { errorTries: over.errorTries ?? 3, whenUnsure: over.whenUnsure ?? "resend" } as const;
  const onAlert = (alert: Alert): void => void alerts.push(alert);
  const { clock, wake } = hand;
  const gatherMs = over.gatherMs ?? 0;
  const worker = deliver({ sink, journal, clock, options, onAlert, wake, random: () => 0, gatherMs });
  onTestFinished(async () => {
    sink.reply ??= () => ok;
    for (const { answer } of sink.sent) answer(ok);
    await worker.stop();
  });
  const states = async (): Promise<readonly DeliveryState[]> =>
    [...(await journal.deliveries({ limit: 10_000, sink: sink.id }))].reverse().map(({ state }) => state);
  return { sink, journal, hand, alerts, worker, states };
}

const sentIds = (sink: ScriptedSink): string[] => sink.sent.map(({ controlId }) => controlId);

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
  const { journal } = await journalForTest();
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

test("waits grow from 1 s to 60 s and are up to a quarter shorter by chance", () => {
  expect([1, 2, 3, 7, 50].map((n) => backoffMs(n, () => 0))).toEqual([1000, 2000, 4000, 60_000, 60_000]);
  expect(backoffMs(1, () => 0.999)).toBe(750);
});
