import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { secondsOfWallTime, wallTime, wallTimeOfSeconds } from "../../src/driver-kit/wall-clock.ts";

const latest = 2 ** 32 - 1;

describe("a wall time", () => {
  it("is written to the second, or to the minute where no seconds are given", () => {
    expect(wallTime(2021, 3, 14, 8, 7, 5)).toBe("2021-03-14T08:07:05");
    expect(wallTime(2021, 3, 14, 8, 7)).toBe("2021-03-14T08:07");
  });
  it("is none for a date that is in no calendar", () => {
    for (const [y, mo, d, h, mi, s] of [
      [2021, 2, 29, 0, 0, 0],
      [1900, 2, 29, 0, 0, 0],
      [2021, 13, 1, 0, 0, 0],
      [2021, 0, 1, 0, 0, 0],
      [2021, 1, 0, 0, 0, 0],
      [2021, 4, 31, 0, 0, 0],
      [2021, 1, 1, 24, 0, 0],
      [2021, 1, 1, 0, 60, 0],
      [2021, 1, 1, 0, 0, 60],
      [2021, 1, 1, Number.NaN, 0, 0],
    ] as const)
      expect(wallTime(y, mo, d, h, mi, s)).toBeUndefined();
    expect(wallTime(2000, 2, 29, 0, 0, 0)).toBe("2000-02-29T00:00:00");
  });
  it("counted in seconds is that of the calendar, from any beginning", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: latest }), fc.constantFrom(1970, 2000), (seconds, since) => {
        const epoch = Date.UTC(since, 0, 1) / 1000;
        expect(wallTimeOfSeconds(seconds, since)).toBe(new Date((epoch + seconds) * 1000).toISOString().slice(0, 19));
      }),
    );
  });
  it("counts back to the same seconds", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: latest }), fc.constantFrom(1970, 2000), (seconds, since) => {
        expect(secondsOfWallTime(wallTimeOfSeconds(seconds, since) ?? "", since)).toBe(seconds);
      }),
    );
  });
});
