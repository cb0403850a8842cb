import { expect, test } from "vitest";
import { Rounds } from "../../src/devices/rounds.ts";

/** Timers that ring when the test says so. */
function byHand() {
  const set = new Map<number, () => void>();
  let n = 0;
  return {
    set,
    after(_ms: number, call: () => void) {
      const id = ++n;
      set.set(id, call);
      return () => void set.delete(id);
    },
    ring() {
      for (const [id, call] of [...set]) {
        set.delete(id);
        call();
      }
    },
  };
}

test("whoever asks while a round is under way is called with it, once", () => {
  const timers = byHand();
  const rounds = new Rounds(timers, 5000);
  const called: string[] = [];
  rounds.join(() => called.push("first"));
  rounds.join(() => called.push("second"));
  expect(timers.set.size).toBe(1);
  timers.ring();
  timers.ring();
  expect(called).toEqual(["first", "second"]);
});

test("whoever takes it back is not called, and a round that nobody is left in wakes nobody", () => {
  const timers = byHand();
  const rounds = new Rounds(timers, 5000);
  const called: string[] = [];
  const leave = rounds.join(() => called.push("first"));
  const also = rounds.join(() => called.push("second"));
  leave();
  timers.ring();
  expect(called).toEqual(["second"]);
  also();
  rounds.join(() => called.push("third"))();
  expect(timers.set.size).toBe(0);
});

test("a call that asks again is in the next round", () => {
  const timers = byHand();
  const rounds = new Rounds(timers, 5000);
  let called = 0;
  rounds.join(() => {
    called += 1;
    if (called === 1) rounds.join(() => (called += 10));
  });
  timers.ring();
  expect(called).toBe(1);
  timers.ring();
  expect(called).toBe(11);
});
