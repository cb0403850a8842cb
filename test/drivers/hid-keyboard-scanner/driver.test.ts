import { describe, expect, it } from "vitest";
import { driver } from "../../../drivers/hid-keyboard-scanner/driver.ts";
import { keyOf } from "../../../drivers/hid-keyboard-scanner/keys.ts";
import type { CaptureLine } from "../../../src/driver-kit/capture.ts";
import { replay } from "../../../src/driver-kit/replay.ts";

const up = new Uint8Array(8);
const enter = 0x28;

function report(pressed: number, ...codes: number[]): Uint8Array {
  const bytes = new Uint8Array(8);
  bytes[0] = pressed;
  bytes.set(codes, 2);
  return bytes;
}

/** Keys pressed and let go one after the other; letters and digits as themselves. */
function keys(text: string): Uint8Array[] {
  return Array.from(text).flatMap((character) => {
    const digit = character === "0" ? 0x27 : 0x1d + Number(character);
    const code = /\d/.test(character) ? digit : character.toLowerCase().charCodeAt(0) - 0x61 + 0x04;
    return [report(/[A-Z]/.test(character) ? 0x02 : 0, code), up];
  });
}
const end = [report(0, enter), up];

/** Scans as `symbology text`, discards as reasons; a number is a pause in milliseconds. */
function scanned(options: object, ...reports: (Uint8Array | number)[]) {
  let ms = 0;
  const lines: CaptureLine[] = [];
  for (const each of reports) {
    if (typeof each === "number") ms += each;
    else lines.push({ ms, in: each });
  }
  lines.push({ ms, event: "end" });
  const { scans, discards, writes } = replay(driver.session(driver.options.parse(options)), lines);
  expect(writes).toHaveLength(0);
  return {
    scans: scans.map(({ text, symbology }) => (symbology === undefined ? text : `${symbology} ${text}`)),
    discards: discards.map(({ reason }) => reason),
  };
}

/** The characters of a run of key codes, unknown keys as a dot in the middle. */
function typed(from: number, to: number, pressed = 0): string {
  return Array.from({ length: to - from + 1 }, (_, i) => keyOf(from + i, pressed))
    .map((key) => (key.is === "character" ? key.character : "·"))
    .join("");
}

describe("the US layout", () => {
  it("is that of the HID usage tables, without and with shift", () => {
    expect(typed(0x00, 0x27)).toBe("····abcdefghijklmnopqrstuvwxyz1234567890");
    expect(typed(0x28, 0x38)).toBe("···· -=[]\\·;'`,./");
    for (const shift of [0x02, 0x20]) {
      expect(typed(0x04, 0x27, shift)).toBe("ABCDEFGHIJKLMNOPQRSTUVWXYZ!@#$%^&*()");
      expect(typed(0x2c, 0x38, shift)).toBe(' _+{}|·:"~<>?');
    }
    expect(typed(0x53, 0x64)).toBe("·/*-+·1234567890.·");
  });

  it("has GS at control and ], and nothing else with control, alt or GUI", () => {
    for (const control of [0x01, 0x10]) expect(keyOf(0x30, control)).toEqual({ is: "character", character: "\x1d" });
    expect(keyOf(0x30, 0x03)).toEqual({ is: "unknown" });
    for (const pressed of [0x01, 0x04, 0x08, 0x40, 0x80]) expect(keyOf(0x04, pressed)).toEqual({ is: "unknown" });
    expect(typed(0x59, 0x63, 0x02)).toBe("·".repeat(11));
  });
});

describe("a keyboard scanner", () => {
  it("reads a character where a key goes down, and once however long it is held", () => {
    const held = report(0, 0x04);
    expect(scanned({}, held, held, held, up, held, up, ...end).scans).toEqual(["aa"]);
  });

  it("takes two keys of one report in their order, and the modifiers of the report a key first stands in", () => {
    expect(scanned({}, report(0, 0x06, 0x04), up, ...end).scans).toEqual(["ca"]);
    expect(scanned({}, report(0x02, 0x04), report(0, 0x04, 0x05), up, ...end).scans).toEqual(["Ab"]);
  });

  it("ends a scan at Enter, at Enter of the keypad and at Tab, or at those that are set", () => {
    expect(
      scanned({}, ...keys("A"), ...end, ...keys("B"), report(0, 0x58), up, ...keys("C"), report(0, 0x2b), up),
    ).toEqual({ scans: ["A", "B", "C"], discards: [] });
    expect(scanned({ ends: ["TAB"] }, ...keys("A"), ...end, ...keys("B"), report(0, 0x2b)).discards).toEqual([
      "malformed",
    ]);
  });

  it("ends a scan at a silence where no key does, and not before", () => {
    expect(scanned({ ends: [] }, ...keys("A"), 99, ...keys("B"), 100, ...keys("C"), 100).scans).toEqual(["AB", "C"]);
    expect(scanned({ ends: [], silenceMs: 200 }, ...keys("A"), 199, ...keys("B"), 200).scans).toEqual(["AB"]);
    expect(scanned({ ends: [] }, ...keys("A"))).toEqual({ scans: [], discards: ["cut"] });
  });

  it("gives no part of a scan that breaks off, neither its beginning nor its rest", () => {
    expect(scanned({}, ...keys("MRN00"), 100, ...keys("12345"), ...end, ...keys("MRN7"), ...end)).toEqual({
      scans: ["MRN7"],
      discards: ["cut", "cut"],
    });
    expect(scanned({}, ...keys("MRN00"))).toEqual({ scans: [], discards: ["cut"] });
  });

  it("discards a scan whole for one key that it does not know", () => {
    const unknown = [
      report(0, 0x3a),
      report(0, 0x39),
      report(0x04, 0x59),
      report(0, 1, 1, 1, 1, 1, 1),
      report(0x01, 0x04),
    ];
    for (const key of [...unknown, Uint8Array.of(1, 0, 4), report(0, 0x05, enter, 0x06)])
      expect(scanned({}, ...keys("A"), key, up, ...keys("B"), ...end, 100, ...keys("C"), ...end).scans).not.toContain(
        "AB",
      );
    for (const key of unknown)
      expect(scanned({}, ...keys("A"), key, up, ...keys("B"), ...end, ...keys("C"), ...end)).toEqual({
        scans: ["C"],
        discards: ["malformed"],
      });
  });

  it("takes the AIM identifier off, demands it, or leaves it, as told", () => {
    const labelled = [report(0, 0x30), up, ...keys("C0A"), ...end];
    expect(scanned({}, ...labelled, ...keys("B"), ...end).scans).toEqual(["]C0 A", "B"]);
    expect(scanned({ aim: "expected" }, ...keys("B"), ...end)).toEqual({ scans: [], discards: ["malformed"] });
    expect(scanned({ aim: "none" }, ...labelled).scans).toEqual(["]C0A"]);
  });

  it("takes what the longest code holds and no more, and keeps no more either", () => {
    expect(scanned({}, ...keys("1".repeat(4296)), ...end).scans).toHaveLength(1);
    expect(scanned({}, ...keys("1".repeat(4297)), ...end).discards).toEqual(["malformed"]);
    expect(scanned({}, ...keys("1".repeat(9000)), ...end, ...keys("2"), ...end)).toEqual({
      scans: ["2"],
      discards: ["too-long"],
    });
  });

  it("says that without an end a broken scan cannot be told from a whole one", () => {
    const faults = (options: object) => driver.undetected?.(driver.options.parse(options)).map(({ fault }) => fault);
    expect(faults({})).not.toContain("cut-short");
    expect(faults({ ends: [] })).toContain("cut-short");
  });
});
