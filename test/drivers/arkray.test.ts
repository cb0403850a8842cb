import { expect, it } from "vitest";
import { driver } from "../../drivers/arkray/driver.ts";
import { control } from "../../drivers/arkray/replies.ts";
import { simulation } from "../../drivers/arkray/simulation.ts";
import { collect } from "../../src/driver-kit/replay.ts";
import { latin1 } from "../../src/driver-kit/text.ts";
import { fill, talk } from "../kit/download.ts";

it("A Glucocard Vital's full memory is read once, each result by its index in hex, with commands that only read", () => {
  const meter = simulation.instrument();
  fill(meter, 250);
  const { time, written } = talk(driver, { downloadEveryMinutes: 5 }, meter, 290_000);
  const { findings, discards, identities } = collect(time.steps);
  expect(new Set(findings.map(({ identity }) => identity)).size).toBe(250);
  expect(findings).toHaveLength(250);
  expect(discards).toEqual([]);
  expect(identities).toEqual([
    {
      manufacturer: "Arkray",
      model: "GT-1830",
      serial: "1234567",
      clock: { text: "261123 0409", local: "2026-11-23T04:09" },
    },
  ]);

  const texts = written.map(({ bytes }) => latin1(bytes)).filter((text) => text.endsWith("|"));
  expect(texts.filter((text) => !/^(?:[RMTDN]|[0-9A-F]{3})\|$/.test(text))).toEqual([]);
  const indexes = texts.filter((text) => text.length === 4);
  expect([indexes.length, indexes[0], indexes.at(-1)]).toEqual([250, "0F9|", "000|"]);
  const bytes = new Set(written.flatMap((one) => (latin1(one.bytes).endsWith("|") ? [] : [...one.bytes])));
  expect(bytes).toEqual(new Set([control.eot, control.ack, control.command, control.enq]));
});
