import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { driver } from "../../drivers/nonin/driver.ts";
import { parseCapture } from "../../src/driver-kit/capture.ts";
import { bitsFlipped } from "../kit/conformance/damage.ts";
import { play, readings } from "../kit/conformance/trial.ts";

const folder = new URL("../../drivers/nonin/captures/", import.meta.url);
const captures = readdirSync(folder).flatMap((file) => {
  if (!file.endsWith(".jsonl")) return [];
  const parsed = parseCapture(readFileSync(new URL(file, folder), "utf8"));
  return parsed.ok ? [[file, parsed.capture] as const] : [];
});

describe("Nonin oximeters", () => {
  it.each(captures)("read no other value from %s after one flipped bit, with a checksum or without", (_, capture) => {
    const format = capture.head.profile?.replace("nonin-format-", "");
    const trial = { driver, options: driver.options.parse({ format }) };
    const base = play(trial, capture.lines);
    if ("threw" in base) throw new Error(base.threw);
    const known = readings(base);
    const wrong = [...bitsFlipped(capture.lines)].flatMap(({ what, lines }) => {
      const played = play(trial, lines);
      const others = "threw" in played ? [played.threw] : [...readings(played)].filter((key) => !known.has(key));
      return others.map((other) => `${what}: ${other}`);
    });
    expect(wrong).toEqual([]);
  });

  it("do not repeat readings of formats that hide a change of fingers", () => {
    for (const format of ["1", "text"])
      expect(driver.options.safeParse({ format, everySeconds: 60 }).success).toBe(false);
    expect(driver.options.safeParse({ format: "8", everySeconds: 60 }).success).toBe(true);
  });
});
