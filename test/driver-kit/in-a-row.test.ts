import fc from "fast-check";
import { expect, it } from "vitest";
import { inARow } from "../../src/driver-kit/in-a-row.ts";

it("what was said is believed once it was said so many times in a row, and from then on", () => {
  const row = inARow(3);
  expect(["a", "a", "b", "b", "b", "b", "a"].map((what) => row.say(what))).toEqual([
    false,
    false,
    false,
    false,
    true,
    true,
    false,
  ]);
});

it("a row that was broken begins anew", () => {
  const row = inARow(2);
  row.say("a");
  row.begin();
  expect(row.say("a")).toBe(false);
  expect(row.say("a")).toBe(true);
});

it("it is believed exactly where the last so many were the same", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(fc.constantFrom("a", "b")), (times, said) => {
      const row = inARow(times);
      const believed = said.map((what) => row.say(what));
      const same = said.map((what, i) => i + 1 >= times && said.slice(i + 1 - times, i + 1).every((s) => s === what));
      expect(believed).toEqual(same);
    }),
  );
});
