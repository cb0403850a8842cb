import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gsrnOf, parseGs1 } from "../../src/patient/gs1.ts";

const gs = "\u001d";
const key = "950110153001000013";

describe("a GS1 element string", () => {
  it("is read by longest match, values of predefined length needing no separator", () => {
    expect(parseGs1(`01095011015300031712129910AB-1${gs}8018${key}`)).toEqual([
      ["01", "09501101530003"],
      ["17", "121299"],
      ["10", "AB-1"],
      ["8018", key],
    ]);
  });

  it("may carry a separator where none is needed, and at either end", () => {
    expect(parseGs1(`${gs}8018${key}${gs}`)).toEqual([["8018", key]]);
    expect(parseGs1(`17121299${gs}10A`)).toEqual([
      ["17", "121299"],
      ["10", "A"],
    ]);
  });

  it.each([
    ["an identifier that is not in the table", "0512345"],
    ["a value cut short", "0109501101530"],
    ["a value too long", `8018${key}9`],
    ["no value", "8018"],
    ["one identifier with two values", `10A${gs}10B`],
    ["letters where an identifier should be", "MRN123"],
  ])("is not read at all with %s", (_, text) => expect(parseGs1(text)).toBeUndefined());

  it("never throws, and accounts for every character it accepts", () => {
    const piece = fc.oneof(fc.string(), fc.constantFrom("8018", key, gs, "10", "01", "17"));
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join("");
        const read = parseGs1(text);
        if (read !== undefined) expect(read.flat().join("")).toBe(text.replaceAll(gs, ""));
      }),
    );
  });
});

describe("a service relation number", () => {
  it("is the patient's under 8018 and the provider's under 8017", () => {
    expect(gsrnOf(`8018${key}${gs}7253DOE`, "8018")).toBe(key);
    expect(gsrnOf(`8017${key}`, "8017")).toBe(key);
    expect(gsrnOf(`8017${key}`, "8018")).toBeUndefined();
  });

  it("is none with a wrong check digit, too few digits, or beside its counterpart", () => {
    expect(gsrnOf("8018950110153001000014", "8018")).toBeUndefined();
    expect(gsrnOf("801895011015300100001", "8018")).toBeUndefined();
    expect(gsrnOf(`8017${key}${gs}8018${key}`, "8018")).toBeUndefined();
  });
});
