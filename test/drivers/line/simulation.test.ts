import { describe, expect, test } from "vitest";
import { driver } from "../../../drivers/line/driver.ts";
import { simulation } from "../../../drivers/line/simulation.ts";
import { compiled } from "../../../drivers/line/template.ts";
import { write } from "../../../drivers/line/write.ts";
import type { CaptureLine } from "../../../src/driver-kit/capture.ts";
import type { InstrumentEvent } from "../../../src/driver-kit/instrument.ts";
import { replay } from "../../../src/driver-kit/replay.ts";
import { bytesOf, latin1 } from "../../../src/driver-kit/text.ts";
import { simulationHolds } from "../../kit/conformance/duet.ts";
import { driverFolders } from "../../kit/drivers.ts";

const at = "2026-11-23T14:05:09";

/** What the scale sends by itself when these are weighed, a minute apart. */
function sent(options: Readonly<Record<string, unknown>>, ...weighed: readonly Readonly<Record<string, string>>[]) {
  const instrument = simulation.instrument(options);
  const lines: CaptureLine[] = [];
  const tell = (ms: number, event: InstrumentEvent): void => {
    for (const action of instrument.handle(event)) {
      if (action.do === "write") lines.push({ ms, in: action.bytes });
      if (action.do === "wake" && action.afterMs > 0) tell(ms + action.afterMs, { on: "wake" });
    }
  };
  tell(0, { on: "open" });
  for (const [i, values] of weighed.entries()) tell(60_000 * (i + 1), { on: "measure", values, at });
  return [...lines, { ms: 60_000 * (weighed.length + 2), event: "end" }] as const;
}

const read = (options: Readonly<Record<string, unknown>>, ...weighed: readonly Readonly<Record<string, string>>[]) => {
  const { findings, discards } = replay(driver.session(driver.options.parse(options)), sent(options, ...weighed));
  expect(discards.filter(({ reason }) => reason === "malformed")).toEqual([]);
  return findings.map(({ channel, value, unit }) => [channel, value.text, unit]);
};

const profiles = (await driverFolders()).find(({ id }) => id === "line")?.profiles ?? [];

describe("a simulated scale", () => {
  test.each(profiles.map((profile) => [profile.id, profile] as const))("writes what %s reads", (id, { options }) => {
    const samples = id === "tanita-bd-815" ? [{ Wg: "4200" }, { Wg: "3180" }] : simulation.samples;
    const played = { instrument: () => simulation.instrument(options), samples };
    expect(simulationHolds(driver, driver.options.parse(options), played)).toEqual([]);
    if ("poll" in options) return;
    expect(read(options, ...samples).map(([, text]) => Number(text))).toEqual(
      samples.flatMap((one) => Object.values(one).map(Number)),
    );
  });

  test("that a site describes says each weight once, with the unit that is set", () => {
    const options = {
      readings: ["N {mass:number(7,2)} {unit:word}"],
      unsettled: ["~ {mass:number(7,2)}"],
      units: ["kg", "lb"],
    };
    expect(read(options, { weight: "72.5" }, { mass: "80.1", unit: "lb" })).toEqual([
      ["mass", "72.50", "kg"],
      ["mass", "80.10", "lb"],
    ]);
    expect(read({ ...options, repeats: "all" }, { mass: "72.5" })).toHaveLength(1);
    expect(read({ ...options, silenceMs: 300 }, { mass: "72.5" })).toHaveLength(1);
    expect(read({ ...options, settle: 5 }, { mass: "72.5" })).toHaveLength(1);
  });

  test("prints all that is said in the template that has room for it", () => {
    const options = {
      terminator: "silence",
      readings: ["W {weight:number}\r\n", "W {weight:number}\r\nH {height:number} {height.unit:word}\r\n"],
      units: ["cm"],
    };
    expect(read(options, { weight: "72.5" })).toEqual([["weight", "72.5", undefined]]);
    expect(read(options, { weight: "72.5", height: "181" })).toEqual([
      ["weight", "72.5", undefined],
      ["height", "181", "cm"],
    ]);
  });

  test("that is asked says nothing before, and hears a command that comes in pieces", () => {
    const instrument = simulation.instrument({
      readings: ["{weight:number} kg"],
      poll: { command: "Q\r\n", everyMs: 500 },
      settle: 2,
    });
    const said = (event: InstrumentEvent) =>
      instrument.handle(event).map((action) => (action.do === "write" ? latin1(action.bytes) : action.do));
    const hears = (text: string) => said({ on: "data", bytes: bytesOf(text) });
    expect(hears("Q\r\n")).toEqual([]);
    expect(said({ on: "measure", values: { weight: "72.5" }, at })).toEqual([]);
    expect([hears("Q"), hears("\r\nQ\r"), hears("\n")]).toEqual([[], ["72.5 kg\r\n"], ["72.5 kg\r\n"]]);
    hears("Q\r\n");
    expect([hears("Q\r\n"), hears("Q\r\n")]).toEqual([["0.0 kg\r\n"], ["0.0 kg\r\n"]]);
  });
});

test("what a template leaves open is written in the plainest way", () => {
  const template = compiled("{:GS|NT}[,x]{:blanks}-{:text(2)}{a:number(6,1)}{a.unit:word(3)}/{b:number}{unit:word}");
  const values = new Map(Object.entries({ a: "5", b: "7", "a.unit": "kg" }));
  expect(write(template, (name) => values.get(name), ["lb"])).toBe("GS,x -     5.0 kg/7lb");
});
