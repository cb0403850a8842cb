import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openUart, overUart, uartReports, uartWrites } from "../../src/driver-kit/cp2110.ts";
import { lines } from "../../src/driver-kit/framers/lines.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";
import { shown } from "./laws.ts";

const framer = () => uartReports(lines({ ends: ["\r"], bound: 20 }));
const report = (text: string, padding = 0) => Uint8Array.of(text.length, ...bytesOf(text), ...new Uint8Array(padding));

describe("a CP2110", () => {
  it("is set to its line with the chip's two feature reports", () => {
    expect(openUart(19_200).map(({ as, bytes }) => [as, [...bytes]])).toEqual([
      ["feature-report", [0x50, 0x00, 0x00, 0x4b, 0x00, 0x00, 0x00, 0x03, 0x00]],
      ["feature-report", [0x41, 0x01]],
    ]);
  });
  it("takes bytes in reports whose id is their number", () => {
    expect(uartWrites(bytesOf("ab")).map(({ bytes }) => [...bytes])).toEqual([[2, 0x61, 0x62]]);
    expect(uartWrites(new Uint8Array(64)).map(({ bytes }) => [bytes[0], bytes.length])).toEqual([
      [63, 64],
      [1, 2],
    ]);
  });
  it("keeps from a simulated instrument what comes before its line is open, and padding always", () => {
    const instrument = overUart({
      handle: (event) => (event.on === "data" ? [{ do: "write", bytes: event.bytes }] : []),
    });
    const hear = (bytes: Uint8Array) => instrument.handle({ on: "data", bytes });
    expect(hear(report("a"))).toEqual([]);
    for (const { bytes } of openUart(19_200)) expect(hear(bytes)).toEqual([]);
    expect(hear(report("ab", 3))).toEqual([{ do: "write", bytes: report("ab") }]);
  });
  it("gives frames that go over reports, whose spans hold ids and padding", () => {
    const one = framer();
    expect(one.push(report("a", 3))).toEqual([]);
    expect(one.pending).toBe(5);
    expect(one.push(report("b\rc", 2)).map(shown)).toEqual(["frame 0-8 ab"]);
    expect(one.pending).toBe(3);
    expect(one.push(report("\r")).map(shown)).toEqual(["frame 8-13 c"]);
    expect(one.pending).toBe(0);
  });
  it("discards a report that is none, and what it cut", () => {
    const one = framer();
    one.push(report("a"));
    expect(one.push(Uint8Array.of(9, 1)).map(shown)).toEqual(["cut 0-2", "malformed 2-4"]);
    expect(one.push(Uint8Array.of(0x50, 0)).map(shown)).toEqual(["malformed 4-6"]);
    expect(one.push(report("a\r")).map(shown)).toEqual(["frame 6-9 a"]);
  });
  it("accounts for every byte once, in order, whatever the reports", () => {
    const any = fc.oneof(
      fc.string({ unit: fc.constantFrom("a", "\r"), minLength: 1, maxLength: 63 }).map((text) => report(text, 2)),
      fc.uint8Array({ minLength: 1, maxLength: 64 }),
    );
    fc.assert(
      fc.property(fc.array(any, { maxLength: 20 }), (reports) => {
        const one = framer();
        const pieces = [...reports.flatMap((bytes) => [...one.push(bytes)]), ...one.flush("silence")];
        let next = 0;
        for (const { span } of pieces) {
          expect(span.from).toBe(next);
          expect(span.to).toBeGreaterThan(span.from);
          next = span.to;
        }
        expect(next).toBe(reports.reduce((sum, bytes) => sum + bytes.length, 0));
        expect(one.pending).toBe(0);
      }),
    );
  });
});
