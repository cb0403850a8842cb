import { expect, test } from "vitest";
import { Pace } from "../../src/journal/pace.ts";

/** Small rounds, one after so many milliseconds each; how many of them were not to wait. */
function rounds(pace: Pace, count: number, everyMs: number, changes = 1, entries = changes): number {
  let atOnce = 0;
  for (let i = 1; i <= count; i++) {
    if (!pace.gathering) atOnce += 1;
    pace.made(changes, entries, i * everyMs);
  }
  return atOnce;
}

/** Many devices, until they gather. */
function crowd(pace: Pace): void {
  for (let i = 1; i < 30 && !pace.gathering; i++) pace.made(1, 1, i * 15);
  expect(pace.gathering).toBe(true);
}

test("at a clinic's pace every reading is committed as it comes", () => {
  const pace = new Pace();
  expect(rounds(pace, 1000, 100)).toBe(1000);
});

test("a visit's readings that come all at once are committed as they come", () => {
  expect(rounds(new Pace(), 12, 1)).toBe(12);
});

test("where many come one by one all the time, they gather, and go on gathering while that brings company", () => {
  const pace = new Pace();
  crowd(pace);
  for (let i = 0; i < 1000; i++) {
    expect(pace.gathering).toBe(true);
    pace.made(9, 8, 1000 + i * 250);
  }
});

test("an instrument that waits for each answer is soon let go on at its own pace", () => {
  const pace = new Pace();
  // Beside each new entry, what became of the one before.
  const atOnce = rounds(pace, 1000, 5, 2, 1);
  expect(atOnce).toBeGreaterThan(990);
});

test("a burst is made at once, however fast it comes: its rounds are large", () => {
  expect(rounds(new Pace(), 1000, 3, 60)).toBe(1000);
});

test("after the crowd has gone the next reading does not wait", () => {
  const pace = new Pace();
  crowd(pace);
  pace.made(1, 1, 2000);
  expect(pace.gathering).toBe(false);
});
