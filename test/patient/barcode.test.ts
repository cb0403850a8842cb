import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { barcodeReader } from "../../src/patient/barcode.ts";
import { rule } from "./room.ts";

const defaults = { authority: "CLINIC", type: "MR" };
const gs = "\u001d";
const key = "950110153001000013";
const read = (rules: Parameters<typeof barcodeReader>[0], text: string, symbology?: string) =>
  barcodeReader(rules, defaults).scan({ text, ...(symbology !== undefined && { symbology }) });
const refusal = (...args: Parameters<typeof read>) => {
  const code = read(...args);
  return code.means === "nothing" ? code.reason : `taken as ${code.means}`;
};

describe("a scanned code", () => {
  it("means what the first rule that fits says, its prefix taken off", () => {
    const rules = [
      rule({ means: "patient", prefix: "MRN", pattern: "\\d+", authority: "HOSP", type: "PI" }),
      rule({ means: "patient", pattern: "\\d+" }),
      rule({ means: "visit", prefix: "V" }),
      rule({ means: "done", prefix: "DONE" }),
    ];
    expect(read(rules, "MRN0012")).toEqual({
      means: "patient",
      patient: { id: "0012", authority: "HOSP", type: "PI" },
    });
    expect(read(rules, "0012")).toEqual({ means: "patient", patient: { id: "0012", authority: "CLINIC", type: "MR" } });
    expect(read(rules, "V7")).toEqual({ means: "visit", id: "7" });
    expect(read(rules, "DONE")).toEqual({ means: "done" });
  });

  it("that fits a staff rule is staff, whatever patient rule stands before", () => {
    const rules = [rule({ means: "patient", pattern: ".*" }), rule({ means: "staff", prefix: "S-" })];
    expect(read(rules, "S-7")).toEqual({ means: "staff", id: "7" });
    expect(read(rules, "12").means).toBe("patient");
  });

  it("must come in a symbology that the rule allows, and tell which", () => {
    const rules = [rule({ means: "patient", symbologies: ["]C0"] })];
    expect(read(rules, "12", "]C0").means).toBe("patient");
    expect(refusal(rules, "12", "]Q1")).toBe("symbology");
    expect(refusal(rules, "12")).toBe("symbology");
  });

  it("is refused in the words of the rule that it came nearest to", () => {
    const rules = [
      rule({ means: "patient", prefix: "P", length: [6, 6], pattern: "\\d+", check: "luhn" }),
      rule({ means: "visit", prefix: "V" }),
    ];
    expect(refusal(rules, "Q1")).toBe("prefix");
    expect(refusal(rules, "P1")).toBe("length");
    expect(refusal(rules, "P12345A")).toBe("pattern");
    expect(refusal(rules, "P123456")).toBe("check-digit");
    expect(refusal([], "P1")).toBe("no-rule");
  });

  it("with control characters, blanks at its ends, nothing behind its prefix, or without end is refused", () => {
    const rules = [rule({ means: "patient" }), rule({ means: "visit", prefix: "V" })];
    for (const text of ["12\u0000", "1\u001d2", "12\r", "1\u00852", "\u007f"])
      expect(refusal(rules, text)).toBe("control-character");
    expect(refusal(rules, " 12")).toBe("pattern");
    expect(refusal(rules, "")).toBe("length");
    expect(refusal(rules, "9".repeat(65))).toBe("too-long");
    expect(refusal(rules, "9".repeat(5000))).toBe("too-long");
  });

  it("cannot inject anything: whatever is taken is short, printable and without blanks at its ends", () => {
    const rules = [rule({ means: "patient" })];
    const latin1 = fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), maxLength: 80 });
    fc.assert(
      fc.property(latin1, (text) => {
        const code = read(rules, text);
        if (code.means === "patient") expect(code.patient.id).toMatch(/^(?!\s)[^\p{Cc}]{1,64}(?<!\s)$/u);
      }),
    );
  });
});

describe("an accession label", () => {
  const specimen = (over: object = {}) => [rule({ means: "specimen", symbologies: ["]C0", "]F0", "]F1"], ...over })];

  it("in Code 128 is the specimen's number, as its rule bounds it", () => {
    const rules = specimen({ pattern: "[A-Z]{2}\\d{8}" });
    expect(read(rules, "LB20260001", "]C0")).toEqual({ means: "specimen", id: "LB20260001" });
    expect(refusal(rules, "LB2026001", "]C0")).toBe("pattern");
    expect(refusal(rules, "LB20260001", "]C1")).toBe("symbology");
  });

  it("in Codabar keeps its start and stop letters, unless the rule takes them off", () => {
    expect(read(specimen(), "A20260001B", "]F0")).toEqual({ means: "specimen", id: "A20260001B" });
    expect(read(specimen({ codabarLetters: "keep" }), "A20260001B", "]F0")).toMatchObject({ id: "A20260001B" });
    const bare = specimen({ codabarLetters: "remove", length: [8, 8] });
    expect(read(bare, "A20260001B", "]F0")).toEqual({ means: "specimen", id: "20260001" });
    expect(read(bare, "20260001", "]F1")).toEqual({ means: "specimen", id: "20260001" });
  });

  it("in Codabar with one of the letters, or with what Codabar cannot hold, is refused", () => {
    const bare = specimen({ codabarLetters: "remove" });
    for (const text of ["A20260001", "20260001D", "E20260001E", "A2026X001B", "AB", "a20260001b"])
      expect(refusal(bare, text, "]F0")).toBe("pattern");
  });

  it("in another symbology never loses a letter: it is part of the number there", () => {
    const bare = specimen({ codabarLetters: "remove" });
    expect(read(bare, "A20260001B", "]C0")).toEqual({ means: "specimen", id: "A20260001B" });
    expect(read([rule({ means: "specimen", codabarLetters: "remove" })], "A1B")).toMatchObject({ id: "A1B" });
  });

  it("is checked without its letters", () => {
    const checked = specimen({ codabarLetters: "remove", check: "luhn" });
    expect(read(checked, "A123456782A", "]F0")).toMatchObject({ id: "123456782" });
    expect(refusal(checked, "A123456783A", "]F0")).toBe("check-digit");
  });
});

describe("a GS1 code", () => {
  const rules = [rule({ means: "patient", gs1: "8018" }), rule({ means: "staff", gs1: "8017" })];

  it("gives the patient's number under 8018 and the staff's under 8017", () => {
    expect(read(rules, `8018${key}${gs}7253DOE`, "]d2")).toMatchObject({ means: "patient", patient: { id: key } });
    expect(read(rules, `8017${key}`, "]Q3")).toEqual({ means: "staff", id: key });
  });

  it("counts in the GS1 symbologies alone", () => {
    for (const symbology of ["]C1", "]e0", "]d2", "]Q3", "]z1"])
      expect(read(rules, `8018${key}`, symbology).means).toBe("patient");
    for (const symbology of ["]C0", "]d1", "]Q1", undefined])
      expect(refusal(rules, `8018${key}`, symbology)).toBe("symbology");
  });

  it("with a wrong check digit, or for patient and staff at once, is refused", () => {
    expect(refusal(rules, "8018950110153001000014", "]d2")).toBe("gs1");
    expect(refusal(rules, `8017${key}${gs}8018${key}`, "]d2")).toBe("gs1");
  });

  it("is not taken whole by a plain rule, unless that names its symbology", () => {
    expect(refusal([rule({ means: "patient" })], `8018${key}`, "]C1")).toBe("symbology");
    expect(read([rule({ means: "patient", symbologies: ["]C1"] })], "4711", "]C1").means).toBe("patient");
  });
});

describe("an identifier that an instrument reports", () => {
  const reader = barcodeReader(
    [
      rule({ means: "patient", symbologies: ["]C0"], length: [4, 6], check: "luhn" }),
      rule({ means: "specimen", prefix: "T", pattern: "\\d{4}" }),
      rule({ means: "patient", gs1: "8018" }),
    ],
    defaults,
  );

  it("is held to the rules of its kind, without a symbology", () => {
    expect(reader.reported("1230", "patient").means).toBe("patient");
    expect(reader.reported("1231", "patient").means).toBe("nothing");
    expect(reader.reported(key, "patient")).toMatchObject({ patient: { id: key } });
    expect(reader.reported("T1234", "specimen")).toEqual({ means: "specimen", id: "1234" });
    expect(reader.reported("T1234", "patient").means).toBe("nothing");
    expect(reader.reported("1230\r", "patient").means).toBe("nothing");
  });

  it("is nobody's where the symbology alone would tell between two issuers", () => {
    const read = barcodeReader(bySymbology, defaults);
    expect(read.reported("123456", "patient")).toEqual({ means: "nothing", reason: "symbology" });
    expect(read.reported("1234567", "patient")).toMatchObject({ patient: { authority: "HOSP" } });
  });
});

const bySymbology = [
  rule({ means: "patient", pattern: "\\d{6,7}", symbologies: ["]Q1"], authority: "HOSP" }),
  rule({ means: "patient", pattern: "\\d{6}", symbologies: ["]C0"], authority: "LAB" }),
];

describe("an identifier that a person typed", () => {
  type Rules = Parameters<typeof barcodeReader>[0];
  const typed = (rules: Rules, text: string, issuer?: { authority: string }) => {
    const told = barcodeReader(rules, defaults).typed(text, "patient", issuer);
    return told.means === "patient" ? `${told.patient.id} of ${told.patient.authority}` : told;
  };
  const nothing = (reason: string) => ({ means: "nothing", reason });

  it("is what a scan of the whole code gives, or the same without the prefix", () => {
    const rules = [rule({ means: "patient", prefix: "P", length: [4, 4], check: "luhn" })];
    expect(typed(rules, "P1230")).toBe("1230 of CLINIC");
    expect(typed(rules, "1230")).toBe("1230 of CLINIC");
    expect(typed(rules, "1231")).toEqual(nothing("check-digit"));
    expect(typed(rules, "12300")).toEqual(nothing("length"));
    expect(typed(rules, " 1230")).toEqual(nothing("pattern"));
    const plain = [rule({ means: "patient", prefix: "P" })];
    expect([typed(plain, "P12"), typed(plain, "12")]).toEqual(["12 of CLINIC", "12 of CLINIC"]);
  });

  it("that could be another's, with its prefix or without, is nobody's", () => {
    const digits = [rule({ means: "patient", prefix: "9", pattern: "\\d{4,5}" })];
    expect(typed(digits, "91234")).toEqual(nothing("ambiguous"));
    expect(typed(digits, "1234")).toBe("1234 of CLINIC");
    const two = [
      rule({ means: "patient", prefix: "A", pattern: "\\d{4}" }),
      rule({ means: "patient", prefix: "B", pattern: "\\d{4}", authority: "OTHER" }),
    ];
    expect(typed(two, "1234")).toEqual(nothing("ambiguous"));
    expect(typed(two, "B1234")).toBe("1234 of OTHER");
    expect(typed(two, "1234", { authority: "OTHER" })).toBe("1234 of OTHER");
    expect(typed(two, "1234", { authority: "NOBODY" })).toEqual(nothing("no-rule"));
  });

  it("that means one patient in one kind of barcode and another in another kind is nobody's", () => {
    expect(typed(bySymbology, "123456")).toEqual(nothing("ambiguous"));
    expect(typed(bySymbology, "123456", { authority: "LAB" })).toBe("123456 of LAB");
  });

  it("that is a staff badge when it is scanned is no patient, whatever else it fits", () => {
    const rules = [rule({ means: "patient", pattern: ".*" }), rule({ means: "staff", prefix: "S", pattern: "\\d{3}" })];
    expect(typed(rules, "S123")).toEqual(nothing("other-kind"));
    expect(typed(rules, "123")).toBe("123 of CLINIC");
  });

  it("that is another kind of code as it stands is not taken for one that lacks its prefix", () => {
    const rules = [
      rule({ means: "staff", prefix: "B", pattern: "\\d{5}" }),
      rule({ means: "specimen", prefix: "S", pattern: "\\d{5}" }),
      rule({ means: "visit", prefix: "V", pattern: "\\d{5}", symbologies: ["]C0"] }),
      rule({ means: "patient", prefix: "P", pattern: "[A-Z0-9]{6}" }),
    ];
    for (const text of ["B12345", "S12345", "V12345"]) expect(typed(rules, text)).toEqual(nothing("other-kind"));
    expect(typed(rules, "PB12345")).toBe("B12345 of CLINIC");
    expect(typed(rules, "A12345")).toBe("A12345 of CLINIC");
    expect(barcodeReader(rules, defaults).typed("S12345", "specimen")).toEqual({ means: "specimen", id: "12345" });
  });

  it("is taken without the symbology, which nobody types", () => {
    const rules = [
      rule({ means: "staff", pattern: "\\d{4}", symbologies: ["]A0"] }),
      rule({ means: "patient", pattern: "\\d{4}", symbologies: ["]C0"] }),
      rule({ means: "patient", gs1: "8018", authority: "GS1" }),
    ];
    expect(typed(rules, "1234")).toBe("1234 of CLINIC");
    expect(typed(rules, key)).toBe(`${key} of GS1`);
  });

  it("names nobody but whom the scanned code names, wherever that means anything", () => {
    const part = fc.stringMatching(/^[PQ0-9]{0,3}$/);
    const anyRule = fc
      .record({
        means: fc.constantFrom("patient", "patient", "staff", "specimen"),
        prefix: part,
        pattern: fc.constantFrom("\\d{4}", "[PQ0-9]{4,5}", undefined),
      })
      .map(({ means, prefix, pattern }) => rule({ means, prefix, ...(pattern === undefined ? {} : { pattern }) }));
    const code = fc.stringMatching(/^[PQ0-9]{4,7}$/);
    fc.assert(
      fc.property(fc.array(anyRule, { minLength: 1, maxLength: 3 }), code, (rules, text) => {
        const reader = barcodeReader(rules, defaults);
        const [scanned, byHand] = [reader.scan({ text }), reader.typed(text, "patient")];
        if (scanned.means !== "nothing" && byHand.means === "patient") expect(byHand).toEqual(scanned);
      }),
    );
  });
});

describe("a rule whose pattern is refused", () => {
  it("fits nothing", () => {
    const rules = [rule({ means: "patient", prefix: "P" }), rule({ means: "patient", pattern: "(a+)+" })];
    expect(refusal(rules, "aaa")).toBe("prefix");
  });
});
