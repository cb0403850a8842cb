import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeText, encodeText } from "../../src/hl7/charset.ts";

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

describe("the bytes of a message", () => {
  it("are read as what they are, whatever MSH-18 says or leaves out", () => {
    const header = "MSH|^~\\&|||||||||||||||";
    expect(decodeText(encodeText(`${header}|UNICODE UTF-8\rPID|Müller`)).text).toContain("Müller");
    expect(decodeText(encodeText(`${header}|ASCII\rPID|Müller`)).text).toContain("Müller");
    expect(decodeText(bytes(`${header}|8859/1\rPID|M\xfcller`)).text).toContain("Müller");
    expect(decodeText(bytes(`${header}|UTF-8\rPID|M\xfcller`))).toMatchObject({ charset: "iso-8859-1" });
    // Two Latin-1 letters that happen to be valid UTF-8 are what their sender declared.
    expect(decodeText(bytes(`${header}|8859/1\rPID|\xc3\xbc`)).text).toContain("Ã¼");
  });

  it("are read, a byte order mark included, without a loss", () => {
    expect(decodeText(encodeText("\uFEFFMSH|^~\\&")).text).toBe("\uFEFFMSH|^~\\&");
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), (any) => {
        const { text, charset } = decodeText(any);
        expect(charset === "utf-8" ? encodeText(text) : bytes(text)).toEqual(any);
      }),
    );
  });
});
