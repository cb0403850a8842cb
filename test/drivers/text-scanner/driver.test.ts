import { describe, expect, it } from "vitest";
import { driver } from "../../../drivers/text-scanner/driver.ts";
import type { CaptureLine } from "../../../src/driver-kit/capture.ts";
import { replay } from "../../../src/driver-kit/replay.ts";
import { bytesOf } from "../../../src/driver-kit/text.ts";

/** Scans as `text`, or `symbology text`; discards as reasons. */
function scanned(options: object, ...chunks: (string | number)[]) {
  let ms = 0;
  const lines: CaptureLine[] = [];
  for (const chunk of chunks) {
    if (typeof chunk === "number") ms += chunk;
    else lines.push({ ms, in: bytesOf(chunk) });
  }
  lines.push({ ms, event: "end" });
  const { scans, discards, writes } = replay(driver.session(driver.options.parse(options)), lines);
  expect(writes).toHaveLength(0);
  return {
    scans: scans.map(({ text, symbology }) => (symbology === undefined ? text : `${symbology} ${text}`)),
    discards: discards.map(({ reason }) => reason),
  };
}

describe("a text scanner", () => {
  it("ends a scan at CR, LF or TAB, and takes CR LF for one end", () => {
    expect(scanned({}, "A\rB\nC\tD\r\n")).toEqual({ scans: ["A", "B", "C", "D"], discards: [] });
    expect(scanned({ terminators: ["TAB"] }, "A\t").scans).toEqual(["A"]);
  });

  it("ends a scan at a silence where no terminator is set, and not before", () => {
    expect(scanned({ terminators: [] }, "MRN", 99, "1", 100, "MRN2", 100).scans).toEqual(["MRN1", "MRN2"]);
    expect(scanned({ terminators: [], silenceMs: 200 }, "MRN", 199, "1", 200).scans).toEqual(["MRN1"]);
  });

  it("gives no part of a scan that breaks off, neither its beginning nor its rest", () => {
    expect(scanned({}, "MRN00", 100, "12345\r", 1000, "MRN0012345\r")).toEqual({
      scans: ["MRN0012345"],
      discards: ["cut", "cut"],
    });
    expect(scanned({ terminators: [] }, "MRN00").discards).toEqual(["cut"]);
  });

  it("takes the AIM identifier off, demands it, or leaves it, as told", () => {
    expect(scanned({}, "]C0A\rB\r]y0C\r").scans).toEqual(["]C0 A", "B", "]y0C"]);
    expect(scanned({ aim: "expected" }, "]C0A\rB\r")).toEqual({ scans: ["]C0 A"], discards: ["malformed"] });
    expect(scanned({ aim: "none" }, "]C0A\r").scans).toEqual(["]C0A"]);
  });

  it("takes prefix and suffix off, and takes nothing without them", () => {
    const framed = { prefix: "\x02", suffix: "\x03" };
    expect(scanned(framed, "\x02]C0A\x03\r")).toEqual({ scans: ["]C0 A"], discards: [] });
    expect(scanned(framed, "A\x03\r\x02A\r\x02\x03\r").discards).toEqual(["malformed", "malformed", "malformed"]);
  });

  it("keeps GS and blanks, and discards other control characters and bytes of unknown encoding", () => {
    expect(scanned({}, "]d2 0101\x1d21 \r").scans).toEqual(["]d2  0101\x1d21 "]);
    for (const character of ["\0", "\x07", "\x1b", "\x1e", "\x7f", "\x80", "é"])
      expect(scanned({}, `A${character}B\r`)).toEqual({ scans: [], discards: ["malformed"] });
  });

  it("takes what the longest code holds and no more", () => {
    expect(scanned({}, `${"1".repeat(4296)}\r`).scans).toHaveLength(1);
    expect(scanned({}, `${"1".repeat(4297)}\r`).discards).toEqual(["malformed"]);
    expect(scanned({}, `${"1".repeat(9000)}\r2\r`)).toMatchObject({
      scans: ["2"],
      discards: ["too-long", "too-long", "too-long"],
    });
  });

  it("says that without a terminator a broken scan cannot be told from a whole one", () => {
    const faults = (options: object) => driver.undetected?.(driver.options.parse(options)).map(({ fault }) => fault);
    expect(faults({})).not.toContain("cut-short");
    expect(faults({ terminators: [] })).toContain("cut-short");
  });
});
