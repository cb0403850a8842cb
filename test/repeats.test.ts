import { expect, test } from "vitest";
import type { Observation } from "../src/model/observation.ts";
import type { MeasuredSource } from "../src/model/times.ts";
import { createRepeats } from "../src/repeats.ts";
import { sampleObservation } from "./kit/sample.ts";

/** A weight of the scale in room 4, measured at this second. */
function seen(second: number, session: string, source: MeasuredSource = "arrival", text = "70.5"): Observation {
  const wall = new Date(second * 1000).toISOString();
  const received = { wall, monotonicMs: second * 1000, boot: "b", quality: "synchronised" } as const;
  return sampleObservation({
    value: { kind: "quantity", text, number: Number(text), unit: "kg", wireUnit: "kg" },
    times: { received, measured: wall, source },
    evidence: { session, from: 0, to: 1 },
  });
}

test("a weight that stands on a scale when its cable is in again may be the one before, and a person must tell", () => {
  const repeats = createRepeats();
  repeats.remember(seen(10, "first"));
  expect(repeats.look(seen(20, "second"))).toBe("perhaps");
  expect(repeats.look(seen(20, "second", "arrival", "70.6"))).toBe("new");
  expect(repeats.look(seen(20, "first"))).toBe("new");
  expect(repeats.look(seen(2000, "second"))).toBe("new");
});

test("an analyzer that names the specimen says itself what is what; a patient or an operator says nothing of that", () => {
  const reporting = (second: number, session: string, reported: Observation["reported"]): Observation => ({
    ...seen(second, session),
    ...(reported && { reported }),
  });
  for (const reported of [{ patient: "0001" }, { operator: "OP12" }]) {
    const repeats = createRepeats();
    repeats.remember(reporting(10, "first", reported));
    expect(repeats.look(reporting(20, "second", reported))).toBe("perhaps");
  }
  const repeats = createRepeats();
  repeats.remember(reporting(0, "first", { patient: "0001" }));
  expect(repeats.look(reporting(5, "second", { patient: "0002" }))).toBe("new");
  repeats.remember(reporting(6, "first", { patient: "0002" }));
  expect(repeats.look(reporting(8, "second", { patient: "0001" }))).toBe("perhaps");
  repeats.remember(reporting(10, "first", { specimen: "S-1" }));
  expect(repeats.look(reporting(20, "second", { specimen: "S-1" }))).toBe("new");
});

test("a determination told by its age is the same one while its time and digits are", () => {
  const repeats = createRepeats();
  repeats.remember(seen(10, "first", "age"));
  expect(repeats.look(seen(12, "second", "age"))).toBe("same");
  expect(repeats.look(seen(60, "second", "age"))).toBe("new");
});

test("a determination whose age is counted in minutes may be the same one a minute apart, and a person must tell", () => {
  const repeats = createRepeats();
  const coarse = (second: number, session: string): Observation => {
    const { times, ...rest } = seen(second, session, "age");
    return { ...rest, times: { ...times, ageStepMs: 60_000 } };
  };
  repeats.remember(coarse(10, "first"));
  expect(repeats.look(coarse(12, "second"))).toBe("same");
  expect(repeats.look(coarse(60, "second"))).toBe("perhaps");
  expect(repeats.look(coarse(80, "second"))).toBe("new");
});

test("one that could not be stored is forgotten again, so that it is taken when it is offered again", () => {
  const repeats = createRepeats();
  const forget = repeats.remember(seen(10, "first", "age"));
  forget();
  expect(repeats.look(seen(10, "first", "age"))).toBe("new");
});

test("of two that could not be stored, forgetting the later brings the earlier back no more", () => {
  const repeats = createRepeats();
  const [first, second] = [seen(10, "first", "age", "118"), seen(70, "first", "age", "171")];
  const forgets = [repeats.remember(first), repeats.remember(second)];
  for (const forget of forgets) forget();
  expect([first, second].map(repeats.look)).toEqual(["new", "new"]);
});

test("what was stored before stays remembered where a later one could not be stored", () => {
  const repeats = createRepeats();
  repeats.remember(seen(10, "first", "age", "118"));
  const forget = repeats.remember(seen(70, "first", "age", "171"));
  forget();
  expect(repeats.look(seen(12, "second", "age", "118"))).toBe("same");
});

test("a determination that was stored late does not hide the one after it", () => {
  const repeats = createRepeats();
  const early = seen(10, "first", "age", "118");
  const forget = repeats.remember(early);
  repeats.remember(seen(70, "first", "age", "171"));
  forget();
  repeats.remember(early);
  expect(repeats.look(seen(72, "second", "age", "171"))).toBe("same");
});

test("only the latest are remembered, however many there were", () => {
  const repeats = createRepeats();
  for (let n = 0; n < 1000; n++) repeats.remember(seen(n * 60, "first", "age", String(n)));
  expect(repeats.look(seen(999 * 60, "second", "age", "999"))).toBe("same");
  expect(repeats.look(seen(0, "second", "age", "0"))).toBe("new");
});
