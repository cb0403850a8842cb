import { expect, test } from "vitest";
import { Arrivals } from "../../src/devices/arrivals.ts";
import type { HostTime } from "../../src/model/times.ts";

const at = (monotonicMs: number): HostTime => ({ wall: "", monotonicMs, boot: "b", quality: "synchronised" });

test("a byte arrived with the piece that held it, however late it is asked about", () => {
  const arrivals = new Arrivals();
  arrivals.add(3, at(10));
  arrivals.add(2, at(20));
  arrivals.add(1, at(30));
  expect([1, 3, 4, 5, 6].map((offset) => arrivals.of(offset)?.at.monotonicMs)).toEqual([10, 10, 20, 20, 30]);
});

test("of a very long session the latest pieces are remembered, and of the others that they came before", () => {
  const arrivals = new Arrivals();
  for (let n = 1; n <= 20_000; n++) arrivals.add(1, at(n));
  expect(arrivals.of(20_000)).toEqual({ at: at(20_000), atLatest: false });
  expect(arrivals.of(19_000)).toEqual({ at: at(19_000), atLatest: false });
  expect(arrivals.of(1)?.atLatest).toBe(true);
  expect(arrivals.of(1)?.at.monotonicMs).toBeGreaterThan(1);
});
