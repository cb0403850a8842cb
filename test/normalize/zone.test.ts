import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseWallTime } from "../../src/normalize/wall-time.ts";
import { offsetAt, transitionBefore, wallTimeAt, zonedToInstant } from "../../src/normalize/zone.ts";

const zones = ["Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Phoenix", "UTC"];
const wall = (text: string) => Date.parse(`${text}Z`);
const instant = (text: string) => Date.parse(text);

describe("a wall time of a zone", () => {
  it("is one instant on most days", () => {
    expect(zonedToInstant(wall("2026-07-01T12:00:00"), "Europe/Zurich")).toEqual({
      kind: "unique",
      instant: instant("2026-07-01T12:00:00+02:00"),
    });
  });

  it("is two in the hour that autumn repeats", () => {
    expect(zonedToInstant(wall("2026-10-25T02:30:00"), "Europe/Zurich")).toEqual({
      kind: "ambiguous",
      earlier: instant("2026-10-25T02:30:00+02:00"),
      later: instant("2026-10-25T02:30:00+01:00"),
    });
  });

  it("is none in the hour that spring skips: what a clock meant that was not put forward", () => {
    expect(zonedToInstant(wall("2026-03-29T02:30:00"), "Europe/Zurich")).toEqual({
      kind: "skipped",
      instant: instant("2026-03-29T02:30:00+01:00"),
    });
  });

  it("is always found again from an instant, in every zone", () => {
    const span = fc.integer({ min: instant("2015-01-01T00:00:00Z"), max: instant("2035-01-01T00:00:00Z") });
    fc.assert(
      fc.property(span, fc.constantFrom(...zones), (at, zone) => {
        const found = zonedToInstant(wallTimeAt(at, zone), zone);
        if (found.kind === "skipped") throw new Error("no clock ever showed a skipped time");
        expect(found.kind === "unique" ? [found.instant] : [found.earlier, found.later]).toContain(at);
      }),
      { numRuns: 2000 },
    );
  });

  it("agrees with the runtime's own offset", () => {
    expect(offsetAt(instant("2026-07-01T00:00:00Z"), "America/New_York")).toBe(-4 * 3_600_000);
    expect(offsetAt(instant("2026-07-01T00:00:00Z"), "Asia/Kathmandu")).toBe(5.75 * 3_600_000);
  });
});

describe("the latest change of a zone's offset", () => {
  it("is found to the minute", () => {
    expect(transitionBefore(instant("2026-11-05T09:00:00Z"), 31 * 86_400_000, "Europe/Zurich")).toEqual({
      at: instant("2026-10-25T01:00:00Z"),
      before: 2 * 3_600_000,
      after: 3_600_000,
    });
  });

  it("is nothing where there was none of late, or is none ever", () => {
    expect(transitionBefore(instant("2026-07-05T09:00:00Z"), 31 * 86_400_000, "Europe/Zurich")).toBeUndefined();
    expect(transitionBefore(instant("2026-11-05T09:00:00Z"), 31 * 86_400_000, "America/Phoenix")).toBeUndefined();
  });
});

describe("a wall time as an instrument writes it", () => {
  it("is read to the second or to the minute", () => {
    expect(parseWallTime("2026-11-23T14:05:09")).toEqual({ wallMs: wall("2026-11-23T14:05:09"), precisionMs: 1000 });
    expect(parseWallTime("2026-11-23T14:05")).toEqual({ wallMs: wall("2026-11-23T14:05:00"), precisionMs: 60_000 });
  });

  it.each([
    "2026-02-29T10:00:00",
    "2026-13-01T10:00:00",
    "2026-00-10T10:00:00",
    "2026-04-31T10:00:00",
    "2026-04-30T24:00:00",
    "2026-04-30T10:60:00",
    "0000-01-01T00:00:00",
    "2026-04-30",
    "2026-04-30T10:00:00Z",
    "",
  ])("%j is in no calendar", (text) => expect(parseWallTime(text)).toBeUndefined());
});
