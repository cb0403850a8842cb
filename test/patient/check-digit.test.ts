import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CheckDigit, checkDigits } from "../../src/patient/check-digit.ts";

describe("check digits", () => {
  it.each<[CheckDigit, string]>([
    ["luhn", "123456782"],
    ["nhs", "9434765919"],
    ["mod10-3-1", "950110153001000013"],
    ["mod37-2", "G123498654321H"],
  ])("%s accepts %s", (check, identifier) => expect(checkDigits[check](identifier)).toBe(true));

  it.each<[CheckDigit, string]>([
    ["luhn", "12345678x"],
    ["luhn", "0"],
    ["nhs", "943476591"],
    ["nhs", "94347659190"],
    ["mod10-3-1", ""],
    ["mod37-2", "g123498654321h"],
    ["mod37-2", "H"],
  ])("%s refuses %j, which is not of its kind", (check, text) => expect(checkDigits[check](text)).toBe(false));

  it("of the NHS number refuses those whose check would be 10", () => {
    const nineDigits = fc.stringMatching(/^\d{9}$/);
    fc.assert(
      fc.property(nineDigits, (digits) => {
        const rest = Array.from(digits, Number).reduce((sum, digit, i) => sum + digit * (10 - i), 0) % 11;
        const good = Array.from("0123456789").filter((check) => checkDigits.nhs(digits + check));
        expect(good).toHaveLength(rest === 1 ? 0 : 1);
      }),
    );
  });

  it("see every single wrong digit", () => {
    const wrongDigit = fc.tuple(fc.nat(16), fc.integer({ min: 1, max: 9 }));
    const good: readonly (readonly [CheckDigit, string])[] = [
      ["luhn", "123456782"],
      ["nhs", "9434765919"],
      ["mod10-3-1", "950110153001000013"],
    ];
    fc.assert(
      fc.property(fc.constantFrom(...good), wrongDigit, ([check, identifier], [place, add]) => {
        const at = place % identifier.length;
        const wrong = (Number(identifier.charAt(at)) + add) % 10;
        expect(checkDigits[check](identifier.slice(0, at) + wrong + identifier.slice(at + 1))).toBe(false);
      }),
    );
  });
});
