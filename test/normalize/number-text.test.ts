import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseNumberText } from "../../src/normalize/number-text.ts";

describe("the digits of a number", () => {
  it.each([
    ["98.60", "98.60", 98.6, 2],
    ["081", "81", 81, 0],
    ["  5.5", "5.5", 5.5, 1],
    ["+0004775.7", "4775.7", 4775.7, 1],
    ["-0.5", "-0.5", -0.5, 1],
    ["000", "0", 0, 0],
    [".5", "0.5", 0.5, 1],
    ["5.", "5", 5, 0],
    ["00.250", "0.250", 0.25, 3],
  ])("%j are %j", (raw, text, number, decimals) => {
    expect(parseNumberText(raw)).toEqual({ text, number, decimals });
  });

  it.each(["", " ", ".", "-", "1e3", "0x10", "1,5", "1 2", "12a", "--1", "1.2.3", "NaN", "Infinity", "１"])(
    "%j is no number",
    (raw) => expect(parseNumberText(raw)).toBeUndefined(),
  );

  it("cleaning twice changes nothing more, and never the value nor the decimals", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^ {0,2}[+-]?0{0,3}\d{1,6}(\.\d{1,4})?$/), (raw) => {
        const once = parseNumberText(raw);
        expect(once).toBeDefined();
        expect(parseNumberText(once?.text ?? "")).toEqual(once);
        expect(once?.number).toBe(Number(raw));
      }),
    );
  });
});
