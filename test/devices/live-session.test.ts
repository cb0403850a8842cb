import { expect, test } from "vitest";
import { type Arrival, LiveSession } from "../../src/devices/live-session.ts";
import type { Timers } from "../../src/devices/timers.ts";
import type { Session } from "../../src/driver-kit/contract.ts";
import { offerAgain } from "../../src/driver-kit/offer-again.ts";
import { latin1 } from "../../src/driver-kit/text.ts";
import type { Connection, ConnectionEvents } from "../../src/links/link.ts";
import type { Clock } from "../../src/model/times.ts";
import { toyDriver } from "../kit/toy-driver.ts";

const bytes = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));

/** The three edges: a link whose far end is the test, time that stands still until told, an upstream that answers when told. */
class Edges implements Connection, Timers, Clock {
  readonly name = "edge";
  readonly notes = [];
  written = "";
  flow: string[] = [];
  events: ConnectionEvents | undefined;
  ms = 0;
  alarms: { at: number; call: () => void }[] = [];
  stores: ((answer: "stored" | "refused") => void)[] = [];
  told: string[] = [];
  arrivals: Arrival[] = [];
  awaited: boolean[] = [];
  serial = "A";

  start(events: ConnectionEvents): void {
    this.events = events;
  }
  write(piece: Uint8Array): void {
    this.written += latin1(piece);
  }
  pause(): void {
    this.flow.push("pause");
  }
  resume(): void {
    this.flow.push("resume");
  }
  async close(): Promise<void> {
    this.flow.push("close");
  }
  after(ms: number, call: () => void): () => void {
    const alarm = { at: this.ms + ms, call };
    this.alarms.push(alarm);
    return () => {
      this.alarms = this.alarms.filter((other) => other !== alarm);
    };
  }
  now() {
    return { wall: "2026-11-23T14:05:09.000Z", monotonicMs: this.ms, boot: "b", quality: "synchronised" } as const;
  }
  passes(ms: number): void {
    this.ms += ms;
    for (const alarm of this.alarms.filter(({ at }) => at <= this.ms)) {
      this.alarms = this.alarms.filter((other) => other !== alarm);
      alarm.call();
    }
  }
  says(text: string): void {
    this.events?.data(bytes(text));
  }
  /** Answers the n-th report and lets the answer through. */
  async store(n: number, answer: "stored" | "refused" = "stored"): Promise<void> {
    this.stores[n]?.(answer);
    await new Promise(setImmediate);
  }
}

function live(farewell = "", wrap = (session: Session) => session): { edges: Edges; session: LiveSession } {
  const edges = new Edges();
  const session = new LiveSession({
    session: wrap(toyDriver.session({ farewell })),
    connection: edges,
    recording: { in: () => {}, out: () => {}, end: () => {} },
    timers: edges,
    clock: edges,
    openedMs: 0,
    carried: false,
    events: {
      report: (_, arrival, awaited) => {
        edges.arrivals.push(arrival);
        edges.awaited.push(awaited);
        return new Promise((resolve) => edges.stores.push(resolve));
      },
      scan: () => edges.told.push("scan"),
      discarded: ({ reason }) => edges.told.push(`discarded ${reason}`),
      identify: () => edges.told.push("identify"),
      instrument: () => ({
        device: { device: "toy-1", place: "room", profile: "toy@1", driver: "toy@1", serial: edges.serial },
      }),
      heard: (count, discards) => edges.told.push(`heard ${count} ${discards.map(({ reason }) => reason)}`.trim()),
      fault: () => edges.told.push("fault"),
      over: ({ reason }) => edges.told.push(`over ${reason}`),
    },
  });
  session.start();
  edges.written = "";
  return { edges, session };
}

test("answers reach the session in the order of its receipts, whatever the order of storing", async () => {
  const { edges } = live();
  edges.says("V1\nV2\nV3\n");
  await edges.store(2, "refused");
  await edges.store(1);
  expect(edges.written).toBe("");
  await edges.store(0);
  expect(edges.written).toBe("OK1\nOK2\nNO3\n");
});

test("a report is awaited until it is seen that the instrument is told nothing when one is stored", async () => {
  const told = live().edges;
  const silent = live("", (session) => ({
    handle: (event) => session.handle(event).filter((action) => event.on !== "stored" || action.do !== "write"),
  })).edges;
  for (const edges of [told, silent]) {
    edges.says("V1\nV2\n");
    await edges.store(0);
    edges.says("V3\n");
  }
  expect(told.awaited).toEqual([true, true, true]);
  expect(silent.awaited).toEqual([true, true, false]);
});

test("a session that is over gets no answer, and what it reported is still waited for", async () => {
  const { edges, session } = live();
  edges.says("V1\n");
  edges.events?.closed({ reason: "lost" });
  let stored = false;
  const waiting = session.stored().then(() => {
    stored = true;
  });
  await new Promise(setImmediate);
  expect(stored).toBe(false);
  await edges.store(0);
  await waiting;
  expect(edges.written).toBe("");
  expect(edges.told).toEqual(["heard 3", "over lost"]);
});

test("there is one alarm: a new one replaces the earlier, and none rings after the end", async () => {
  const { edges, session } = live();
  edges.says("W50\n");
  edges.says("W200\n");
  edges.passes(100);
  expect(edges.written).toBe("");
  edges.passes(100);
  expect(edges.written).toBe("WOKE\n");
  edges.says("W50\nW0\n");
  expect(edges.alarms).toEqual([]);
  edges.says("W50\n");
  await session.close();
  edges.passes(1000);
  expect(edges.written).toBe("WOKE\n");
});

test("a farewell is written before the connection is closed, and later bytes are not read", async () => {
  const { edges, session } = live("BYE");
  await session.close();
  edges.says("V1\n");
  expect(edges.written).toBe("BYE");
  expect(edges.flow).toEqual(["close"]);
  expect(edges.stores).toEqual([]);
});

test("a driver that throws ends its session once, and what it asked for before is still carried out", async () => {
  const { edges } = live();
  edges.says("V1\n");
  edges.says("BOOM\n");
  edges.says("V2\n");
  edges.events?.closed({ reason: "lost" });
  await edges.store(0);
  expect(edges.told).toEqual(["heard 3", "fault", "over fault"]);
  expect(edges.stores.length).toBe(1);
  expect(edges.flow).toEqual(["close"]);
  expect(edges.written).toBe("");
});

test("a driver that throws at the close ends its session all the same, once", async () => {
  const lost = live("BOOM");
  lost.edges.events?.closed({ reason: "lost" });
  expect(lost.edges.told).toEqual(["fault", "over lost"]);
  const closed = live("BOOM");
  await closed.session.close();
  expect(closed.edges.told).toEqual(["fault"]);
  expect(closed.edges.flow).toEqual(["close"]);
});

test("what was not understood is told with the bytes that it came with", () => {
  const { edges } = live();
  edges.says("SX\nnonsense\n");
  expect(edges.told).toEqual(["scan", "discarded malformed", "heard 12 malformed"]);
});

test("an instrument is asked to wait while thousands of its reports are not stored yet", async () => {
  const { edges } = live();
  edges.says("V1\n".repeat(5000));
  expect(edges.flow).toEqual(["pause"]);
  for (let n = 0; n < 2000; n++) edges.stores[n]?.("stored");
  await new Promise(setImmediate);
  expect(edges.flow).toEqual(["pause"]);
  for (let n = 2000; n < 5000; n++) edges.stores[n]?.("stored");
  await new Promise(setImmediate);
  expect(edges.flow).toEqual(["pause", "resume"]);
  expect(edges.written.split("\n").length - 1).toBe(5000);
});

test("what was refused is of the instrument that said it, whoever identified itself since", async () => {
  const { edges } = live("", offerAgain);
  edges.says("V1\n");
  await edges.store(0, "refused");
  edges.serial = "B";
  edges.says("V2\n");
  expect(edges.arrivals.map(({ instrument }) => instrument.device.serial).sort()).toEqual(["A", "A", "B"]);
});

test("what was refused came when it came, however much else has come until it is offered again", async () => {
  const { edges } = live("", offerAgain);
  edges.ms = 5000;
  edges.says("V1\n");
  await edges.store(0, "refused");
  for (let n = 0; n < 10_000; n++) {
    edges.ms += 100;
    edges.says("-\n");
  }
  expect(edges.stores.length).toBe(2);
  expect(edges.arrivals.map(({ received }) => received.monotonicMs)).toEqual([5000, 5000]);
  await edges.store(1, "refused");
  edges.says("-\n");
  expect(edges.arrivals[2]).toEqual(edges.arrivals[0]);
});

test("of what is reported so late that nobody remembers when it came, only the bounds are told", () => {
  const early = {
    channel: "TOY",
    value: { kind: "number", text: "1" },
    kind: "patient",
    span: { from: 0, to: 2 },
  } as const;
  const slow: Session = {
    handle: (event) => (event.on === "wake" ? [{ do: "report", receipt: 1, findings: [early] }] : []),
  };
  const { edges } = live("", (session) => ({
    handle: (event) => (event.on === "wake" ? slow.handle(event) : session.handle(event)),
  }));
  for (let n = 0; n < 10_000; n++) {
    edges.ms += 100;
    edges.says("-\n");
  }
  edges.says("W50\n");
  edges.passes(50);
  const [arrival] = edges.arrivals;
  expect(arrival?.receivedAfterMs).toBe(0);
  expect(arrival?.received.monotonicMs).toBeGreaterThan(100);
});

test("another serial number on the same line is another instrument, come at that moment", () => {
  const { edges } = live();
  edges.says("IABC;\nV1\n");
  edges.ms = 5000;
  edges.says("IABC;\nV2\nIXYZ;\nV3\n");
  expect(edges.arrivals.map(({ connectedSinceMs }) => connectedSinceMs)).toEqual([0, 0, 5000]);
});

test("an instrument that left a question unanswered is there again since its next byte, and noise is no answer", () => {
  const { edges } = live();
  edges.says("V1\nW5000\n");
  edges.passes(5000);
  edges.ms = 21_000;
  edges.says("nonsense\n");
  edges.ms = 40_000;
  edges.says("V2\n");
  edges.ms = 100_000;
  edges.says("V3\n");
  expect(edges.arrivals.map(({ connectedSinceMs }) => connectedSinceMs)).toEqual([0, 40_000, 40_000]);
});
