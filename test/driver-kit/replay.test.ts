import { describe, expect, it } from "vitest";
import type { Action, SessionEvent } from "../../src/driver-kit/contract.ts";
import { replay } from "../../src/driver-kit/replay.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";

/** A session that answers each event by a function. */
const sessionOf = (handle: (event: SessionEvent) => readonly Action[]) => ({ handle });
const write = (text: string): Action => ({ do: "write", bytes: bytesOf(text) });
const report = (receipt: number): Action => ({ do: "report", receipt, findings: [] });

describe("a replay", () => {
  it("opens, rings alarms due at or before a chunk first, and closes", () => {
    const session = sessionOf((event) => {
      if (event.on === "open") return [{ do: "wake", afterMs: 100 }];
      if (event.on === "wake") return [write("w"), { do: "wake", afterMs: 100 }];
      return event.on === "data" ? [write(latin1(event.bytes))] : [write(event.on)];
    });
    const { writes, steps } = replay(session, [
      { ms: 200, in: bytesOf("1") },
      { ms: 250, out: bytesOf("ignored") },
      { ms: 300, event: "end" },
    ]);
    expect(latin1(writes)).toBe("ww1wclose");
    expect(steps.flatMap((step) => ("event" in step ? [`${step.ms} ${step.event.on}`] : []))).toEqual([
      "0 open",
      "100 wake",
      "200 wake",
      "200 data",
      "300 wake",
      "300 close",
    ]);
  });

  it("lets a new alarm replace the earlier and 0 take it away", () => {
    const session = sessionOf((event) => {
      if (event.on === "open")
        return [
          { do: "wake", afterMs: 5 },
          { do: "wake", afterMs: 50 },
        ];
      if (event.on === "data") return [{ do: "wake", afterMs: 0 }];
      return event.on === "wake" ? [write("w")] : [];
    });
    expect(latin1(replay(session, [{ ms: 40, event: "end" }]).writes)).toBe("");
    expect(latin1(replay(session, [{ ms: 50, event: "end" }]).writes)).toBe("w");
    expect(
      latin1(
        replay(session, [
          { ms: 10, in: bytesOf("x") },
          { ms: 99, event: "end" },
        ]).writes,
      ),
    ).toBe("");
  });

  it("answers each report after the actions it came with", () => {
    const session = sessionOf((event) => {
      if (event.on === "data") return [report(1), report(2), write("|")];
      return "receipt" in event ? [write(`${event.on}${event.receipt}`)] : [];
    });
    const lines = [{ ms: 0, in: bytesOf("x") }];
    expect(latin1(replay(session, lines).writes)).toBe("|stored1stored2");
    expect(latin1(replay(session, lines, { answer: "refused" }).writes)).toBe("|refused1refused2");
    expect(latin1(replay(session, lines, { answer: "none" }).writes)).toBe("|");
    expect(latin1(replay(session, lines, { answer: (n) => (n === 2 ? "stored" : "none") }).writes)).toBe("|stored2");
  });

  it("stops a session that sets alarms without end", () => {
    const session = sessionOf((event) => (event.on === "close" ? [] : [{ do: "wake", afterMs: 1e-9 }]));
    expect(() => replay(session, [{ ms: 1000, event: "end" }])).toThrow(RangeError);
  });

  it("stops a session that never comes to rest", () => {
    let receipt = 0;
    const session = sessionOf((event) => (event.on === "close" ? [] : [report(++receipt)]));
    expect(() => replay(session, [])).toThrow(RangeError);
  });
});
