import { expect, it } from "vitest";
import { driver } from "../../drivers/true-metrix/driver.ts";
import { encodeMessage, requestOf, requestReport } from "../../drivers/true-metrix/messages.ts";
import { simulation } from "../../drivers/true-metrix/simulation.ts";
import { collect } from "../../src/driver-kit/replay.ts";
import { latin1 } from "../../src/driver-kit/text.ts";
import { fill, talk } from "../kit/download.ts";

it.each([
  ["^", "(^)AF"],
  ["I", "(I)9A"],
  ["Z1", "(Z1)DC"],
  ["G", "(G)98"],
  ["V", "(V)A7"],
  ["T", "(T)A5"],
  ["_", "(_)B0"],
])("A TRUE METRIX is asked “%s” with its check digits: %s", (text, message) => {
  expect(latin1(encodeMessage(text))).toBe(message);
  const report = requestReport(text);
  expect(report).toHaveLength(65);
  expect(latin1(report.subarray(0, 3 + message.length))).toBe(`\0\xa0${String.fromCharCode(message.length)}${message}`);
});

it("A TRUE METRIX's full memory is read once, each result once, and then the meter sleeps until it is due", () => {
  const meter = simulation.instrument();
  fill(meter, 500);
  const { time, written } = talk(driver, { downloadEveryMinutes: 5 }, meter, 290_000);
  const { findings, discards, identities } = collect(time.steps);
  expect(new Set(findings.map(({ identity }) => identity)).size).toBe(500);
  expect(findings).toHaveLength(500);
  expect(discards).toEqual([]);
  expect(identities).toEqual([
    {
      manufacturer: "Trividia",
      model: "TRUE METRIX",
      serial: "T01234567",
      firmware: "2.53",
      clock: { text: "001908231126", local: "2026-11-23T08:19:00" },
    },
  ]);
  expect(written.map(({ bytes }) => requestOf(bytes))).toEqual(["^", "I", "Z1", "V", "T", "G", "_"]);
});
