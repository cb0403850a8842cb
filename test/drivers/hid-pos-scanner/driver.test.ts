import { describe, expect, it } from "vitest";
import { driver } from "../../../drivers/hid-pos-scanner/driver.ts";
import type { CaptureLine } from "../../../src/driver-kit/capture.ts";
import { replay } from "../../../src/driver-kit/replay.ts";
import { bytesOf } from "../../../src/driver-kit/text.ts";

/** A report of the layout with AIM identifier and 64 bytes; `more` where the code goes on. */
function report(text: string, { aim = "]C0", more = false, count = text.length } = {}): Uint8Array {
  const bytes = new Uint8Array(64);
  bytes.set([2, count]);
  bytes.set(bytesOf(aim), 2);
  bytes.set(bytesOf(text), 5);
  bytes[63] = more ? 1 : 0;
  return bytes;
}

/** One without AIM identifier. */
function bare(text: string, more = false): Uint8Array {
  const bytes = new Uint8Array(64);
  bytes.set([2, text.length]);
  bytes.set(bytesOf(text), 2);
  bytes[63] = more ? 1 : 0;
  return bytes;
}

/** Scans as `symbology text`, discards as reasons; a number is a pause in milliseconds. */
function scanned(options: object, ...reports: (Uint8Array | number)[]) {
  let ms = 0;
  const lines: CaptureLine[] = [];
  for (const each of reports) {
    if (typeof each === "number") ms += each;
    else lines.push({ ms, in: each });
  }
  lines.push({ ms, event: "end" });
  const { scans, discards, writes } = replay(
    driver.session(driver.options.parse({ layout: "aim-64", ...options })),
    lines,
  );
  expect(writes).toHaveLength(0);
  return {
    scans: scans.map(({ text, symbology }) => (symbology === undefined ? text : `${symbology} ${text}`)),
    discards: discards.map(({ reason }) => reason),
  };
}

const block = "0123456789".repeat(6).slice(0, 56);

describe("a HID-POS scanner", () => {
  it("joins the reports of one code, whether or not the last one is full", () => {
    expect(scanned({}, report(block, { more: true }), report("END")).scans).toEqual([`]C0 ${block}END`]);
    expect(scanned({}, report(block, { more: true }), report(block)).scans).toEqual([`]C0 ${block}${block}`]);
    expect(scanned({}, report("AB", { more: true }), report("CD", { more: true }), report("")).scans).toEqual([
      "]C0 ABCD",
    ]);
  });

  it("gives no part of a code that breaks off, neither its beginning nor its rest", () => {
    const begun = report(block, { more: true });
    expect(scanned({}, begun, 500, report("0012345"), report("MRN7"))).toEqual({
      scans: ["]C0 MRN7"],
      discards: ["cut", "cut"],
    });
    expect(scanned({}, begun, 499, report("END")).scans).toEqual([`]C0 ${block}END`]);
    expect(scanned({}, begun)).toEqual({ scans: [], discards: ["cut"] });
    expect(scanned({}, begun, begun.subarray(0, 63), begun, report("0012345"), report("MRN7"))).toEqual({
      scans: ["]C0 MRN7"],
      discards: ["cut", "malformed", "cut", "cut"],
    });
  });

  it("joins no reports of two symbologies", () => {
    expect(scanned({}, report(block, { more: true }), report("0012345", { aim: "]Q1" }), report("MRN7"))).toEqual({
      scans: ["]C0 MRN7"],
      discards: ["cut", "cut"],
    });
  });

  it("takes the scanner's answers to commands for no scans", () => {
    expect(scanned({}, report("REVINF\x06.", { aim: "]Z6" }), report("A"))).toEqual({
      scans: ["]C0 A"],
      discards: ["not-a-reading"],
    });
    expect(scanned({ layout: "bare-64" }, bare("]Z6REVINF\x06."))).toEqual({ scans: [], discards: ["not-a-reading"] });
  });

  it("reads the AIM identifier from the text where the layout has no place for it", () => {
    const layout = { layout: "bare-64" };
    expect(scanned(layout, bare("]C0A"), bare("B")).scans).toEqual(["]C0 A", "B"]);
    expect(scanned({ ...layout, aim: "none" }, bare("]C0A")).scans).toEqual(["]C0A"]);
    expect(scanned({ ...layout, aim: "expected" }, bare("B"))).toEqual({ scans: [], discards: ["malformed"] });
    expect(scanned({}, report("]C0A")).scans).toEqual(["]C0 ]C0A"]);
  });

  it("takes off what the scanner puts after a text, and leaves what is within", () => {
    expect(scanned({}, report("A\r"), report("B\r\n"), report("C\t"), report("D\r\rE")).scans).toEqual([
      "]C0 A",
      "]C0 B",
      "]C0 C",
      "]C0 D\r\rE",
    ]);
    expect(scanned({ trim: [] }, report("A\r")).scans).toEqual(["]C0 A\r"]);
    expect(scanned({}, report("8018\x1d21", { aim: "]d2" })).scans).toEqual(["]d2 8018\x1d21"]);
  });

  it("discards what breaks the layout, and what is in no known encoding", () => {
    for (const wrong of [
      report("A").subarray(0, 62),
      report("A", { count: 57 }),
      report("A", { aim: "XC0" }),
      report("A", { aim: "]y0" }),
      report("é"),
      report("", { more: true }),
    ])
      expect(scanned({}, wrong)).toEqual({ scans: [], discards: ["malformed"] });
    expect(scanned({}, report(""), Uint8Array.of(4, 1, 6)).discards).toEqual(["not-a-reading", "not-a-reading"]);
  });

  it("takes what the longest code holds and no more", () => {
    const parts = (length: number) =>
      Array.from({ length: Math.ceil(length / 56) }, (_, i) => {
        const size = Math.min(56, length - i * 56);
        return report("1".repeat(size), { more: (i + 1) * 56 < length });
      });
    expect(scanned({}, ...parts(4296)).scans).toEqual([`]C0 ${"1".repeat(4296)}`]);
    expect(scanned({}, ...parts(4297)).discards).toEqual(["malformed"]);
    expect(scanned({}, ...parts(9000), report("2"))).toMatchObject({ scans: ["]C0 2"] });
    expect(scanned({}, ...parts(9000)).discards[0]).toBe("too-long");
  });
});
