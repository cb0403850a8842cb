import { describe, expect, it } from "vitest";
import { driver } from "../../drivers/beurer-bm58/driver.ts";
import { simulation } from "../../drivers/beurer-bm58/simulation.ts";
import type { Action } from "../../src/driver-kit/contract.ts";
import { type Answer, VirtualTime } from "../../src/driver-kit/replay.ts";

/** A meter with one measurement on its cable; `change` damages a reply. What was read in so much time, and what was sent. */
function cable(change: (reply: Uint8Array, nth: number) => Uint8Array = (reply) => reply, answers: Answer[] = []) {
  const instrument = simulation.instrument();
  instrument.handle({ on: "measure", values: { SYS: "122", DIA: "78", PULSE: "70" }, at: "2026-03-14T09:41:00" });
  const time = new VirtualTime(driver.session(driver.options.parse({})), () => answers.shift() ?? "stored");
  const sent = new Set<number>();
  let replies = 0;
  let opened = false;
  const pass = (ms: number): string => {
    const found: string[] = [];
    const take = (actions: readonly Action[]): void => {
      for (const action of actions) {
        if (action.do === "report")
          found.push(...action.findings.map(({ channel, value }) => `${channel} ${value.text}`));
        if (action.do !== "write") continue;
        sent.add(action.bytes[0] ?? 0);
        for (const reply of instrument.handle({ on: "data", bytes: action.bytes }))
          if (reply.do === "write") take(time.give({ on: "data", bytes: change(reply.bytes, ++replies) }));
      }
    };
    const until = time.now + ms;
    if (!opened) take(time.give({ on: "open" }));
    opened = true;
    while ((time.alarm ?? until + 1) <= until) take(time.advance(time.alarm ?? until));
    time.advance(until);
    return found.join(", ");
  };
  return { pass, sent };
}

const whole = "SYS 122, DIA 78, PULSE 70";

describe("a Beurer BM58 session", () => {
  it("reads each record once while the meter stays, with three commands", () => {
    const { pass, sent } = cable();
    expect(pass(10_000)).toBe(whole);
    expect(pass(1_000_000)).toBe("");
    expect([...sent].sort()).toEqual([0xa2, 0xa3, 0xaa]);
  });

  it("reads no value that two replies do not agree on", () => {
    const { pass } = cable((reply, nth) => (reply.length === 9 ? reply.map((b, i) => (i === 1 ? b + nth : b)) : reply));
    expect(pass(60_000)).toBe("");
  });

  it("reads a record in spite of one damaged reply", () => {
    expect(cable((reply, nth) => (nth === 4 ? reply.subarray(1) : reply)).pass(10_000)).toBe(whole);
  });

  it("reads again what could not be stored", () => {
    const { pass } = cable(undefined, ["refused"]);
    expect([pass(4000), pass(10_000), pass(1_000_000)]).toEqual([whole, whole, ""]);
  });
});
