import { describe, expect, it } from "vitest";
import type { Action } from "../../src/driver-kit/contract.ts";
import { lines } from "../../src/driver-kit/framers/lines.ts";
import { ask, type Conversation, memorySession, type Visit } from "../../src/driver-kit/memory-session.ts";
import { type Answer, collect, VirtualTime } from "../../src/driver-kit/replay.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";

/** A meter that knows two questions: who it is, and its results, one a line, ended by a dot. */
interface Meter {
  serial: string;
  results: string[];
  /** Stops in the middle of its results. */
  stops?: boolean;
}

const line = (text: string) => bytesOf(`${text}\n`);

function* converse(visit: Visit): Conversation<string> {
  const named = yield ask(line("who"), 1000, (text: string) => text.startsWith("I am "));
  if (named === undefined) return { is: "absent" };
  if (!visit.meet(named.reply)) return { is: "present" };
  if (!named.reply.endsWith("nobody")) visit.identify({ serial: named.reply });
  for (
    let heard = yield ask(line("results"), 1000, (_: string) => true);
    heard !== undefined;
    heard = yield { writes: [], waitMs: 1000, accepts: () => true }
  ) {
    if (heard.reply === ".") return { is: "complete", farewell: [{ do: "write", bytes: line("bye") }] };
    const { reply: text, span } = heard;
    const identity = `${named.reply} ${text}`;
    visit.keep({ channel: "c", value: { kind: "text", text }, kind: "patient", identity, span });
  }
  return { is: "cut" };
}

function cable(answer: Answer | ((receipt: number) => Answer) = "stored", asksFirst = true) {
  const framer = () => lines({ ends: ["\n"], bound: 20 });
  const meterKind = { framer, decode: latin1, converse, asksFirst };
  const time = new VirtualTime(memorySession(meterKind, { askEverySeconds: 5, downloadEveryMinutes: 5 }), answer);
  const on: { meter: Meter | undefined } = { meter: undefined };
  const asked: string[] = [];

  function said({ serial, results, stops }: Meter, question: string): readonly string[] {
    if (question === "who") return [`I am ${serial}`];
    return question === "results" ? [...results, ...(stops ? [] : ["."])] : [];
  }
  function answerAll(first: readonly Action[]): void {
    const waiting = [...first];
    for (let action = waiting.shift(); action !== undefined; action = waiting.shift()) {
      if (action.do !== "write") continue;
      const question = latin1(action.bytes).slice(0, -1);
      asked.push(question);
      if (on.meter === undefined) continue;
      for (const text of said(on.meter, question)) waiting.push(...time.give({ on: "data", bytes: line(text) }));
    }
  }
  answerAll(time.give({ on: "open" }));
  return {
    on,
    asked,
    say: (text: string) => answerAll(time.give({ on: "data", bytes: line(text) })),
    seconds(count: number) {
      const end = time.now + count * 1000;
      while (time.alarm !== undefined && time.alarm <= end) answerAll(time.advance(time.alarm));
      time.advance(end);
    },
    get reports() {
      return time.steps.flatMap((step) =>
        "action" in step && step.action.do === "report" ? [step.action.findings.map(({ value }) => value.text)] : [],
      );
    },
    steps: time.steps,
    get discards() {
      return collect(time.steps).discards.map(({ reason }) => reason);
    },
  };
}

describe("a session with a meter's memory", () => {
  it("finds a meter that comes later, and reports a whole memory once, apart from anything written", () => {
    const room = cable();
    room.seconds(60);
    expect(room.reports).toEqual([]);
    room.on.meter = { serial: "A", results: Array.from({ length: 500 }, (_, i) => `r${i}`) };
    room.seconds(10);
    expect(room.reports.map((report) => report.length)).toEqual([500]);
    expect(room.asked.at(-1)).toBe("bye");
    const at = room.steps.findIndex((step) => "action" in step && step.action.do === "report");
    expect(room.steps[at - 1]).toMatchObject({ event: { on: "wake" } });
    expect(room.steps[at + 1]).toMatchObject({ action: { do: "wake" } });
  });
  it("reads a meter that stays again after its time, and reports what is new alone", () => {
    const room = cable();
    room.on.meter = { serial: "A", results: ["1"] };
    room.seconds(200);
    room.on.meter.results.unshift("2");
    room.seconds(400);
    expect(room.reports).toEqual([["1"], ["2"]]);
    expect(room.asked.filter((question) => question === "results")).toHaveLength(2);
  });
  it("reads a meter at once that was away, and another that takes its place", () => {
    const room = cable();
    room.on.meter = { serial: "A", results: ["1"] };
    room.seconds(20);
    room.on.meter = undefined;
    room.seconds(20);
    room.on.meter = { serial: "A", results: ["2", "1"] };
    room.seconds(15);
    room.on.meter = { serial: "B", results: ["1"] };
    room.seconds(15);
    expect(room.reports).toEqual([["1"], ["2", "1"], ["1"]]);
  });
  it("reports again what could not be stored", () => {
    const room = cable((receipt) => (receipt === 1 ? "refused" : "stored"));
    room.on.meter = { serial: "A", results: ["1"] };
    room.seconds(700);
    expect(room.reports).toEqual([["1"], ["1"]]);
  });
  it("reports what came of a download that was cut, tries it again soon, and not for ever", () => {
    const room = cable();
    room.on.meter = { serial: "A", results: ["1"], stops: true };
    room.seconds(200);
    expect(room.reports).toEqual([["1"]]);
    expect(room.asked.filter((question) => question === "results")).toHaveLength(3);
    room.on.meter.stops = false;
    room.on.meter.results.push("0");
    room.seconds(200);
    expect(room.reports).toEqual([["1"], ["0"]]);
  });
  it("tells one result twice in a download as a duplicate, and what nobody asked for as unsolicited", () => {
    const room = cable();
    room.on.meter = { serial: "A", results: ["1", "1"] };
    room.seconds(20);
    room.say("hello");
    expect(room.reports).toEqual([["1"]]);
    expect(room.discards).toEqual(["duplicate", "unsolicited"]);
  });
  it("keeps nothing of a meter of which it has not been said in this visit who it is", () => {
    const room = cable();
    room.on.meter = { serial: "A", results: ["1"] };
    room.seconds(20);
    room.on.meter = { serial: "nobody", results: ["2"] };
    room.seconds(20);
    expect(room.reports).toEqual([["1"]]);
    expect(room.discards).toEqual(["not-a-reading"]);
  });
  it("leaves a meter in peace that it has read, where asking means reading everything", () => {
    const room = cable("stored", false);
    room.on.meter = { serial: "A", results: ["1"] };
    room.seconds(290);
    expect(room.asked).toEqual(["who", "who", "results", "bye"]);
    room.seconds(20);
    expect(room.asked).toEqual(["who", "who", "results", "bye", "who", "results", "bye"]);
  });
});
