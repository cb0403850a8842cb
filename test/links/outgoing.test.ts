import { expect, test } from "vitest";
import { Outgoing } from "../../src/links/outgoing.ts";

const one = Uint8Array.of(1);

test("one write is under way at a time, in order", async () => {
  const sent: number[] = [];
  let accept: (() => void) | undefined;
  const outgoing = new Outgoing("bytes", () => undefined);
  outgoing.add(one, async () => {
    sent.push(1);
    await new Promise<void>((resolve) => {
      accept = resolve;
    });
  });
  outgoing.add(one, async () => sent.push(2));
  await Promise.resolve();
  await Promise.resolve();
  expect(sent).toEqual([1]);
  accept?.();
  await outgoing.drained();
  expect(sent).toEqual([1, 2]);
});

test("after a write went wrong, and all was dropped, nothing more is sent", async () => {
  const lost: string[] = [];
  const sent: number[] = [];
  const outgoing: Outgoing = new Outgoing("reports", (detail) => {
    lost.push(detail);
    outgoing.drop();
  });
  outgoing.add(one, () => Promise.reject(new Error("could not write")));
  outgoing.add(one, async () => sent.push(2));
  await outgoing.drained();
  expect([lost, sent]).toEqual([["could not write"], []]);
});
