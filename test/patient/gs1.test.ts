import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gsrnOf, parseGs1 } from "../../src/patient/gs1.ts";

const gs = "\u001d";
const key = "950110153001000013";

describe("a GS1 element string", () => {
  it("is read by longest match, values of predefined length needing no separator", () => {
    expect(parseGs1(`01095011015300031726123110AB-1${gs}8018${key}`)).toEqual([
      ["01", "09501101530003"],
      ["17", "261231"],
      ["10", "AB-1"],
      ["8018", key],
    ]);
  });

  it("may carry a separator where none is needed, and at either end", () => {
    expect(parseGs1(`${gs}8018${key}${gs}`)).toEqual([["8018", key]]);
    expect(parseGs1(`17261200${gs}10A`)).toEqual([
      ["17", "261200"],
      ["10", "A"],
    ]);
  });

  it.each([
    ["00123456789012345675", ["00", "123456789012345675"]],
    ["4149501101020917", ["414", "9501101020917"]],
    ["70032612312359", ["7003", "2612312359"]],
    ["7251198001312359", ["7251", "198001312359"]],
    ["3103001250", ["3103", "001250"]],
    ["8004A/1-2", ["8004", "A/1-2"]],
    ["91any-Thing", ["91", "any-Thing"]],
  ])("%s is one element", (text, element) => {
    expect(parseGs1(text)).toEqual([element]);
  });

  it("carries what a wristband may say beside the patient", () => {
    const band = `8018${key}${gs}724101${gs}7253DOE${gs}7254JANE${gs}725019800131${gs}72522${gs}72581/2${gs}7242V-7`;
    expect(parseGs1(band)?.map(([ai]) => ai)).toEqual(["8018", "7241", "7253", "7254", "7250", "7252", "7258", "7242"]);
  });

  it.each([
    ["an identifier that is not in the table", "0512345"],
    ["a value cut short", "0109501101530"],
    ["a value too long", `8018${key}9`],
    ["no value", "8018"],
    ["one identifier with two values", `10A${gs}10B`],
    ["letters where an identifier should be", "MRN123"],
    ["a trade item number with a wrong check digit", "0109501101530004"],
    ["a shipping code with a wrong check digit", "00123456789012345679"],
    ["a location number with a wrong check digit", "4149501101020918"],
    ["a patient with a wrong check digit", "8018950110153001000014"],
    ["a month that there is none", "17261331"],
    ["a day that there is none", "11261232"],
    ["a birth without a day", `725019800100${gs}8018${key}`],
    ["an hour that there is none", "70032612312400"],
    ["letters where digits should be", "3712A"],
    ["a character that element strings may not hold", "10A#B"],
    ["a sex that there is none", `72523${gs}8018${key}`],
    ["a birth sequence of another form", `725812${gs}8018${key}`],
    ["a whole name beside its parts", `7253DOE${gs}7256JANE DOE${gs}8018${key}`],
    ["a media type without a person", "724101"],
    ["a patient beside a provider", `8017${key}${gs}8018${key}`],
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
