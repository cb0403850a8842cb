import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { barcodeReader } from "../../src/patient/barcode.ts";
import { overlapOf } from "../../src/patient/overlap.ts";
import { compilePattern } from "../../src/patient/pattern.ts";
import { samplesOf } from "../../src/patient/sample-codes.ts";
import { rule } from "./room.ts";

const patterns = [
  "\\d{6}",
  "\\d{6,8}",
  "[A-Z]{2}\\d{4}",
  "[0-9A-Z]+",
  "(?:A|BC)?[1-4]{3}",
  ".*",
  "\\w\\d*",
  "[^0-9]{3}",
  "S-\\d\\d|T-\\d",
  "a{0,2}-?\\d+",
];

describe("sample codes", () => {
  it.each(patterns)("all fit the pattern that they were made of: %s", (pattern) => {
    const compiled = compilePattern(pattern);
    const made = samplesOf({ pattern });
    if ("mistake" in compiled || made === undefined) throw new Error("not made");
    expect(made.texts.length).toBeGreaterThan(1);
    for (const text of made.texts) expect(text).toMatch(compiled.regexp);
  });

  it("are not made of what cannot be followed", () => {
    for (const pattern of ["(?=\\d)\\w+", "\\b1", "(?!0)\\d"]) expect(samplesOf({ pattern })).toBeUndefined();
  });

  it("do not claim to be all where there are too many", () => {
    expect(samplesOf({ pattern: "\\w?\\w?\\w?\\w?\\w?\\w?\\w?" })?.all).toBe(false);
    expect(samplesOf({ pattern: "\\d{8}" })?.all).toBe(true);
  });
});

describe("two rules", () => {
  const staff = (given: object) => rule({ means: "staff", ...given });
  const patient = (given: object) => rule({ means: "patient", ...given });

  it.each([
    ["other prefixes", { prefix: "S", pattern: "\\d{6}" }, { prefix: "P", pattern: "\\d{6}" }],
    ["other lengths", { pattern: "\\d+", length: [4, 5] }, { pattern: "\\d{6}" }],
    ["other characters", { pattern: "[A-F]{6}" }, { pattern: "\\d{6}" }],
    ["other symbologies", { symbologies: ["]C0"] }, { symbologies: ["]A0"] }],
    ["GS1 and plain", { gs1: "8017" }, {}],
    ["GS1 alone named, and plain", { pattern: "\\d{6}", symbologies: ["]C1"] }, { pattern: "\\d{6}" }],
    ["two identifiers of GS1", { gs1: "8017" }, { gs1: "8018" }],
  ])("with %s share nothing", (_, first, second) => {
    expect(overlapOf(staff(first), patient(second))).toBeUndefined();
  });

  it.each([
    ["the same digits", { pattern: "\\d{6}" }, { pattern: "[0-9]{6}" }, { whole: true, particular: true }],
    ["a kind of the other", { pattern: "S\\d{6}" }, { pattern: "\\w+" }, { whole: false, particular: true }],
    ["some lengths", { pattern: "\\d{5,6}" }, { pattern: "\\d{6,7}" }, { whole: false, particular: false }],
    ["a prefix within a pattern", { prefix: "1" }, { pattern: "\\d{6}" }, { whole: false, particular: false }],
    ["a check digit", { pattern: "\\d{6}" }, { length: [6, 6], check: "luhn" }, { whole: true, particular: false }],
    ["one symbology of all", { symbologies: ["]C0"] }, {}, { whole: false, particular: true }],
    ["the same GS1 identifier", { gs1: "8018" }, { gs1: "8018" }, { whole: true, particular: true }],
  ])("that share %s are found out", (_, first, second, what) => {
    expect(overlapOf(staff(first), patient(second))).toMatchObject(what);
  });

  it("share the example given: each alone takes it", () => {
    const any = fc.record({
      prefix: fc.constantFrom("", "S", "1"),
      pattern: fc.constantFrom(undefined, ...patterns),
      length: fc.constantFrom(undefined, [4, 6] as [number, number]),
      check: fc.constantFrom(undefined, "luhn" as const, "mod37-2" as const),
    });
    const given = any.map((parts) =>
      Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)),
    );
    fc.assert(
      fc.property(given, given, (a, b) => {
        const found = overlapOf(staff(a), patient(b));
        fc.pre(found !== undefined);
        const takes = (one: ReturnType<typeof rule>) =>
          barcodeReader([one], { authority: "A", type: "MR" }).scan({ text: found?.example ?? "" }).means;
        expect([takes(staff(a)), takes(patient(b))]).toEqual(["staff", "patient"]);
      }),
    );
  });
});
