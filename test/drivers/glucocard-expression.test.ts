import { expect, it } from "vitest";
import { driver } from "../../drivers/glucocard-expression/driver.ts";
import { commands } from "../../drivers/glucocard-expression/packets.ts";
import { simulation } from "../../drivers/glucocard-expression/simulation.ts";
import { collect } from "../../src/driver-kit/replay.ts";
import { fill, talk } from "../kit/download.ts";

it("A Glucocard Expression's memory is whole after 300 places: then it is only asked who it is until it is due", () => {
  const meter = simulation.instrument();
  fill(meter, 120);
  const { time, written } = talk(driver, { downloadEveryMinutes: 5 }, meter, 290_000);
  const { findings, discards, identities } = collect(time.steps);
  expect(new Set(findings.map(({ identity }) => identity)).size).toBe(120);
  expect(findings).toHaveLength(120);
  expect(discards).toEqual([]);
  expect(identities).toEqual([
    { manufacturer: "Arkray", serial: "EX123456", clock: { text: "1A0B37EC", local: "2026-11-23T01:59" } },
  ]);

  const asked = written.map(({ bytes }) => bytes[1]);
  expect(asked.filter((command) => command === commands.results)).toHaveLength(1);
  expect(asked.filter((command) => command === commands.ping).length).toBeGreaterThan(40);
  const reading: readonly (number | undefined)[] = Object.values(commands);
  expect(asked.filter((command) => !reading.includes(command))).toEqual([]);
});
