import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { standardDelimiters } from "../../src/hl7/delimiters.ts";
import { escaper, unescapeText } from "../../src/hl7/escape.ts";
import { anyDelimiters, hostileText } from "./arbitraries.ts";

describe("escapes", () => {
  it("give every text back as it was", () => {
    fc.assert(
      fc.property(hostileText, anyDelimiters, (text, delimiters) => {
        expect(unescapeText(escaper(delimiters)(text), delimiters)).toBe(text);
      }),
    );
  });

  it.each([
    ["a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f", "a|b^c&d~e\\f"],
    ["one\\.br\\two", "one\ntwo"],
    ["\\X0D0A\\", "\r\n"],
    ["\\XC3BC\\", "ü"],
    ["\\H\\loud\\N\\", "\\H\\loud\\N\\"],
    ["\\.sp2\\", "\\.sp2\\"],
    ["\\Zlocal\\", "\\Zlocal\\"],
    ["\\XC3\\", "\\XC3\\"],
    ["\\X0\\", "\\X0\\"],
    ["\\P\\", "\\P\\"],
    ["C:\\temp\\F\\x", "C:\\temp|x"],
    ["\\\\server\\share", "\\\\server\\share"],
    ["ends\\", "ends\\"],
    ["\\\\", "\\\\"],
    ["\\f\\", "\\f\\"],
  ])("of others are read, or left as they are: %s", (raw, text) => {
    expect(unescapeText(raw, standardDelimiters)).toBe(text);
  });

  it("never throw on others' texts", () => {
    fc.assert(fc.property(hostileText, (raw) => void unescapeText(raw, standardDelimiters)));
  });
});
