import { describe, expect, it } from "vitest";
import { type Sample, spotCheck } from "../../src/driver-kit/spot-check.ts";

const good = (saturation: number, pulse: number): Sample => ({
  is: "good",
  saturation,
  pulse,
  key: `${saturation} ${pulse}`,
});
const doubtful: Sample = { is: "doubtful" };
const off: Sample = { is: "off" };

/** Which of the samples, counted from 1, are readings. */
function readings(samples: readonly Sample[], settle = 3, every = 0): readonly number[] {
  const check = spotCheck({ settle, every });
  return samples.flatMap((sample, i) => (check.take(sample) ? [i + 1] : []));
}

describe("a spot check", () => {
  it("reads a contact once, when enough samples agree", () => {
    expect(readings(Array(9).fill(good(97, 72)))).toEqual([3]);
  });

  it("reads the next contact after the sensor was off", () => {
    expect(readings([...Array(4).fill(good(97, 72)), off, ...Array(4).fill(good(97, 72))])).toEqual([3, 8]);
  });

  it("begins anew after a doubtful sample, but does not take it for another contact", () => {
    expect(readings([good(97, 72), good(97, 72), doubtful, ...Array(4).fill(good(97, 72))])).toEqual([6]);
    expect(readings([...Array(3).fill(good(97, 72)), doubtful, ...Array(9).fill(good(97, 72))])).toEqual([3]);
  });

  it("waits while numbers drift apart, and for two samples that say the same", () => {
    expect(readings([good(90, 60), good(93, 60), good(96, 60), good(97, 60), good(97, 60)])).toEqual([5]);
    expect(readings([good(97, 70), good(97, 71), good(97, 72), good(97, 73), good(97, 73)])).toEqual([5]);
  });

  it("never reads what a single sample shows", () => {
    for (let wrong = 0; wrong < 8; wrong++) {
      const samples = Array.from({ length: 8 }, (_, i) => (i === wrong ? good(96, 72) : good(97, 72)));
      const check = spotCheck({ settle: 3, every: 2 });
      for (const sample of samples) if (check.take(sample)) expect(sample).toEqual(good(97, 72));
    }
  });

  it("reads a contact again and again where the site wants it", () => {
    expect(readings(Array(12).fill(good(97, 72)), 3, 4)).toEqual([3, 7, 11]);
  });

  it("reads a new contact after silence", () => {
    const check = spotCheck({ settle: 2, every: 0 });
    const take = () => check.take(good(97, 72));
    expect([take(), take(), take()]).toEqual([false, true, false]);
    check.end();
    expect([take(), take(), take()]).toEqual([false, true, false]);
  });
});
