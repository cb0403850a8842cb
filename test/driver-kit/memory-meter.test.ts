import { describe, expect, it } from "vitest";
import { memoryMeter, type SimulatedMeter } from "../../src/driver-kit/memory-meter.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";

/** A meter of three results that says all it knows whatever it hears. */
function meter(over: Partial<SimulatedMeter<string>> = {}) {
  const instrument = memoryMeter<string>({
    capacity: 3,
    newest: "first",
    record: ({ glucose }, at) => glucose && `${glucose}@${at.slice(11, 16)}`,
    answer: (heard, { records, clock }) => [heard, bytesOf(records.join(" ")), bytesOf(clock)],
    ...over,
  });
  return {
    measure: (values: Readonly<Record<string, string>>, minute: number) =>
      instrument.handle({ on: "measure", values, at: `2026-11-23T14:0${minute}:00` }),
    ask: () =>
      instrument.handle({ on: "data", bytes: bytesOf("?") }).map((action) => {
        expect(action.do).toBe("write");
        return action.do === "write" ? latin1(action.bytes) : "";
      }),
  };
}

describe("a simulated meter with a memory", () => {
  it("is put on its cable after its first measurement, and its clock stands at the last", () => {
    const { ask, measure } = meter();
    expect(ask()).toEqual([]);
    expect(measure({ glucose: "98" }, 1)).toEqual([]);
    expect(ask()).toEqual(["?", "98@14:01", "2026-11-23T14:01:00"]);
    measure({ weight: "72.5" }, 2);
    expect(ask()).toEqual(["?", "98@14:01", "2026-11-23T14:02:00"]);
  });

  it("answers before it has measured anything where it is there empty", () => {
    expect(meter({ isThereEmpty: true }).ask()).toEqual(["?", "", "2000-01-01T00:00:00"]);
  });

  it.each([
    ["first", "4@14:04 3@14:03 2@14:02"],
    ["last", "2@14:02 3@14:03 4@14:04"],
  ] as const)("with the newest %s, gives up the oldest for it", (newest, told) => {
    const { ask, measure } = meter({ newest });
    for (const n of [1, 2, 3, 4]) measure({ glucose: String(n) }, n);
    expect(ask()[1]).toBe(told);
  });
});
