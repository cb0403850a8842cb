import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compilePattern } from "../../src/patient/pattern.ts";

const matches = (pattern: string, text: string) => {
  const compiled = compilePattern(pattern);
  return "regexp" in compiled && compiled.regexp.test(text);
};

describe("a pattern", () => {
  it("must match the whole identifier", () => {
    expect(matches("\\d{3}", "123")).toBe(true);
    for (const text of ["1234", "x123", "123\n", "12"]) expect(matches("\\d{3}", text)).toBe(false);
    expect(matches("A|B", "AB")).toBe(false);
  });

  it.each([
    "\\d{6,10}",
    "[A-Z]{2}\\d{6}[A-Z]?",
    "P\\d+",
    "\\d{3}-\\d{3}-\\d{4}",
    "(?:\\d{3}-)?\\d{6}",
    "(?:AB|CD)\\d{4,8}",
    "(\\d{2}){3}",
    "[(+*]x{2}",
    "\\(\\d+\\)",
    ".*",
  ])("such as %s is taken", (pattern) => expect(compilePattern(pattern)).toHaveProperty("regexp"));

  it.each([
    "(a+)+",
    "(a|a)*",
    "(a|ab)+c",
    "(?:x+x+)+y",
    "([a-z]?)+",
    "((a+))*",
    "(a?){30}a{30}",
    "(a{1,2})+",
    "(?:a*)*?",
  ])("that could take without end, such as %s, is refused", (pattern) =>
    expect(compilePattern(pattern)).toHaveProperty("mistake"),
  );

  it.each(["(", "a)|(b", "[z-a]", "(\\d)\\1", "\\d*\\d*\\d*\\d*\\d*x", `${"a?".repeat(30)}${"a".repeat(30)}`])(
    "that is none, refers back, or has too many choices, such as %s, is refused",
    (pattern) => expect(compilePattern(pattern)).toHaveProperty("mistake"),
  );

  it("that is taken answers with few steps for any identifier", () => {
    const atom = fc.constantFrom("a", "\\d", "[ab]", ".", "(?:ab)", "(a|b)", "(a+)");
    const times = fc.constantFrom("", "?", "*", "+", "{2}", "{1,3}", "{2,}", "*?");
    const patterns = fc.array(fc.tuple(atom, times), { maxLength: 8 }).map((parts) => parts.flat().join(""));
    fc.assert(
      fc.property(patterns, fc.constantFrom("a", "ab", "1", "a1"), (pattern, unit) => {
        const compiled = compilePattern(`${pattern}!`);
        // It ends at all: a pattern without end would stop this test.
        if ("regexp" in compiled) expect(compiled.regexp.test(unit.repeat(64).slice(0, 64))).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});
