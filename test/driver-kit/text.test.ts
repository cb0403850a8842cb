import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesOf, isLatin1, latin1, number } from "../../src/driver-kit/text.ts";

describe("latin1 and bytesOf", () => {
  it("are each other's inverse for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 9000 }), (bytes) => {
        expect(bytesOf(latin1(bytes))).toEqual(bytes);
      }),
    );
  });
  it("know what is no byte", () => {
    expect(isLatin1("ÿ")).toBe(true);
    expect(isLatin1("€")).toBe(false);
    expect(() => bytesOf("€")).toThrow(RangeError);
  });
});

describe("number", () => {
  it.each(["0", "007", "98.60", "+0004775.7", "-12.3"])("takes %s and keeps its text", (text) => {
    expect(number(text)).toEqual({ text, value: Number(text), decimals: text.split(".")[1]?.length ?? 0 });
  });
  it.each(["", " 1", "1 ", "1.", ".5", "1e3", "1,000", "--1", "+", "1.2.3", "0x10", "NaN", "Infinity", "٣", "12\n"])(
    "takes %j for no number",
    (text) => expect(number(text)).toBeUndefined(),
  );
});
