import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CaptureLine, formatHead, formatLine, parseCapture } from "../../src/driver-kit/capture.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";

const head = { capture: 1, profile: "scale", source: "manual p. 3", evidence: "documented" } as const;
const first = `${formatHead(head)}\n`;

describe("a capture file", () => {
  it("reads back as it was written, for any bytes", () => {
    const bytes = fc.uint8Array({ maxLength: 40 });
    const line = fc.oneof(
      fc.record({ ms: fc.constant(5), in: bytes }),
      fc.record({ ms: fc.constant(5), out: bytes }),
      fc.record({ ms: fc.constant(5), event: fc.constant("end" as const) }),
    );
    fc.assert(
      fc.property(fc.array(line), (lines: CaptureLine[]) => {
        const file = first + lines.map((l) => `${formatLine(l)}\n`).join("");
        expect(parseCapture(file)).toEqual({ ok: true, capture: { head, lines } });
      }),
    );
  });

  it("is one character a byte", () => {
    expect(formatLine({ ms: 3, in: Uint8Array.of(0x1b, 0x52, 0xff) })).toBe('{"ms":3,"in":"\\u001bRÿ"}');
  });

  it("may end in the middle of a line, as after a power cut, but not break in the middle", () => {
    expect(parseCapture(`${first}{"ms":1,"in":"a"}\n{"ms":2,"i`)).toEqual({
      ok: true,
      capture: { head, lines: [{ ms: 1, in: bytesOf("a") }] },
    });
    expect(parseCapture(`${first}{"ms":2,"i\n{"ms":1,"in":"a"}\n`)).toMatchObject({ ok: false, line: 2 });
  });

  it.each([
    ["", 1],
    ["{}\n", 1],
    [`${first}{"ms":1,"inn":"a"}\n`, 2],
    [`${first}{"ms":1,"in":"€"}\n`, 2],
    [`${first}{"ms":5,"in":"a"}\n{"ms":4,"in":"a"}\n`, 3],
    [`${first}{"ms":-1,"in":"a"}\n`, 2],
  ])("tells the line of what is wrong in %j", (file, line) => {
    expect(parseCapture(file)).toMatchObject({ ok: false, line });
  });
});
