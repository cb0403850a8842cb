import { expect, onTestFinished, test } from "vitest";
import { timeWords, whoseWords } from "../../src/cli/words.ts";
import { sampleObservation } from "../kit/sample.ts";

test.each([
  ["Europe/Zurich", "23 NOV 2026 14:05:09 +01:00"],
  ["America/St_Johns", "23 NOV 2026 09:35:09 -03:30"],
  ["Etc/UTC", "23 NOV 2026 13:05:09 +00:00"],
])("a time for people says the offset of the zone it is in: %s", (zone, said) => {
  const before = process.env["TZ"];
  onTestFinished(() => {
    if (before === undefined) delete process.env["TZ"];
    else process.env["TZ"] = before;
  });
  process.env["TZ"] = zone;
  expect(timeWords("2026-11-23T13:05:09.000Z")).toBe(said);
});

test("a reading that is filed to nobody names the specimen that its instrument says it is of, as its word", () => {
  const { binding: _, ...held } = sampleObservation({ reported: { specimen: "S-1" } });
  expect(whoseWords(held)).toBe("nobody yet (the instrument says specimen S-1)");
  const { reported: __, ...unsaid } = held;
  expect(whoseWords(unsaid)).toBe("nobody yet");
  expect(whoseWords(sampleObservation({ reported: { specimen: "S-1" } }))).toBe("patient CANARY-0012");
});
