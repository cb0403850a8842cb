import { expect, test } from "vitest";
import { Pace } from "../../src/journal/pace.ts";

/** Small rounds, one after so many milliseconds each; how many of them were not to wait. */
function rounds(pace: Pace, count: number, everyMs: number, changes = 1): number {
  let atOnce = 0;
  for (let i = 1; i <= count; i++) {
    if (!pace.isGathering(i * everyMs)) atOnce += 1;
    pace.made({ changes, entries: changes, waited: false }, i * everyMs);
  }
  return atOnce;
}

/** Many devices, until they gather; the moment of the last round. */
function crowd(pace: Pace): number {
  let nowMs = 0;
  for (let i = 0; i < 30 && !pace.isGathering(nowMs); i++) {
    nowMs += 15;
    pace.made({ changes: 1, entries: 1, waited: false }, nowMs);
  }
  expect(pace.isGathering(nowMs)).toBe(true);
  return nowMs;
}

test("at a clinic's pace every reading is committed as it comes", () => {
  expect(rounds(new Pace(), 1000, 100)).toBe(1000);
});

test("a visit's readings that come all at once are committed as they come", () => {
  expect(rounds(new Pace(), 12, 1)).toBe(12);
});

test("where many come one by one all the time, they gather, and go on gathering while that brings company", () => {
  const pace = new Pace();
  const beganMs = crowd(pace);
  for (let i = 1; i < 1000; i++) {
    expect(pace.isGathering(beganMs + i * 500)).toBe(true);
    pace.made({ changes: 9, entries: 8, waited: true }, beganMs + i * 500);
  }
});

test("a wait that something urgent cut short says nothing about the crowd", () => {
  const pace = new Pace();
  const beganMs = crowd(pace);
  for (let i = 1; i < 100; i++) pace.made({ changes: 1, entries: 1, waited: false }, beganMs + i * 25);
  expect(pace.isGathering(beganMs + 2500)).toBe(true);
});

test("a whole wait without company ends the gathering", () => {
  const pace = new Pace();
  const beganMs = crowd(pace);
  pace.made({ changes: 2, entries: 1, waited: true }, beganMs + 500);
  expect(pace.isGathering(beganMs + 501)).toBe(false);
});

test("once the crowd has gone the first reading does not wait, nor those after it", () => {
  const pace = new Pace();
  const beganMs = crowd(pace);
  expect(pace.isGathering(beganMs + 5000)).toBe(false);
  pace.made({ changes: 1, entries: 1, waited: false }, beganMs + 5000);
  expect(pace.isGathering(beganMs + 5001)).toBe(false);
});

test("a burst is made at once, however fast it comes: its rounds are large", () => {
  expect(rounds(new Pace(), 1000, 3, 60)).toBe(1000);
});
