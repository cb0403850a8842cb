import { describe, expect, it } from "vitest";
import { askedScale } from "../../src/driver-kit/asked-scale.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";

function scale(end: string) {
  const instrument = askedScale(
    end,
    ({ values, moving }, question) => `${question}:${values["W"] ?? "empty"}${moving ? "?" : ""}\n`,
  );
  return {
    measure: (W: string) => instrument.handle({ on: "measure", values: { W }, at: "2026-01-01T00:00:00" }),
    wake: () => instrument.handle({ on: "wake" }),
    ask: (text: string) =>
      instrument
        .handle({ on: "data", bytes: bytesOf(text) })
        .map((action) => (action.do === "write" ? latin1(action.bytes) : action.do))
        .join(""),
  };
}

describe("a simulated scale that is asked", () => {
  it("says that a load moves, then what it weighs, then nothing", () => {
    const { ask, measure, wake } = scale("W\r");
    expect(ask("W\r")).toBe(":empty\n");
    expect(measure("72.5")).toEqual([{ do: "wake", afterMs: 1000 }]);
    expect(ask("W\r")).toBe(":72.5?\n");
    expect(wake()).toEqual([{ do: "wake", afterMs: 20_000 }]);
    expect(ask("W\r")).toBe(":72.5\n");
    expect(wake()).toEqual([]);
    expect(ask("W\r")).toBe(":empty\n");
  });

  it("answers each question once, however its bytes come", () => {
    const { ask } = scale("\r\n");
    expect(ask("S\r\nI4\r\nS")).toBe("S:empty\nI4:empty\n");
    expect(ask("I\r")).toBe("");
    expect(ask("\n")).toBe("SI:empty\n");
  });

  it("keeps no more of a question without end than the last 64 characters", () => {
    const { ask } = scale("\r");
    ask("x".repeat(1000));
    expect(ask("\r")).toBe(`${"x".repeat(64)}:empty\n`);
  });
});
