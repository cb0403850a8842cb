import { describe, expect, it } from "vitest";
import { driver } from "../../drivers/ivy-450c/driver.ts";
import { simulation } from "../../drivers/ivy-450c/simulation.ts";
import { VirtualTime } from "../../src/driver-kit/replay.ts";

type Values = Readonly<Record<string, string>>;

/** Lets a simulated monitor show each of these for four seconds; what was read in each, by channel and digits. */
function play(shows: readonly (Values | undefined)[], options: unknown = {}): readonly string[] {
  const time = new VirtualTime(driver.session(driver.options.parse(options)), "stored");
  const instrument = simulation.instrument();
  time.give({ on: "open" });
  return shows.map((values) => {
    const found: string[] = [];
    if (values !== undefined) instrument.handle({ on: "measure", values, at: "2026-11-23T14:00:00" });
    for (let second = 0; second < (values === undefined ? 10 : 4); second++) {
      const actions = [...time.advance(time.now + 1000)];
      for (const action of values === undefined ? [] : instrument.handle({ on: "wake" }))
        if (action.do === "write") actions.push(...time.give({ on: "data", bytes: action.bytes }));
      for (const action of actions)
        if (action.do === "report")
          found.push(...action.findings.map(({ channel, value }) => `${channel} ${value.text}`));
    }
    return found.join(", ");
  });
}

const cuff = (systolic: string): Values => ({ NIBP_SYS: systolic, NIBP_DIA: "75", NIBP_MEAN: "92", NIBP_PULSE: "80" });
const none: Values = { NIBP_SYS: "", NIBP_DIA: "", NIBP_MEAN: "", NIBP_PULSE: "" };
const read = (systolic: string) => `NIBP_SYS ${systolic}, NIBP_DIA 75, NIBP_MEAN 92, NIBP_PULSE 80`;

describe("an Ivy 450C session", () => {
  it("does not read the determination that it meets, and reads the next ones once each", () => {
    expect(play([cuff("121"), cuff("134"), cuff("134"), cuff("121")])).toEqual(["", read("134"), "", read("121")]);
  });

  it("does not take a determination that is shown again after an empty field for a new one", () => {
    expect(play([none, cuff("121"), none, cuff("121"), cuff("122")])).toEqual(["", read("121"), "", "", read("122")]);
  });

  it("does not read what is there after the stream was away", () => {
    expect(play([none, cuff("121"), undefined, cuff("134")])).toEqual(["", read("121"), "", ""]);
  });

  it("reads a sensor once for each time that it is put on, and with each determination", () => {
    const on: Values = { ...none, SPO2: "98", PR: "72" };
    const shown = play([on, on, { ...on, SPO2: "" }, on, { ...on, ...cuff("121") }]);
    expect(shown).toEqual(["SPO2 98, PR 72", "", "", "SPO2 98, PR 72", `${read("121")}, SPO2 98, PR 72`]);
  });

  it("reads sensors as often as the site has set", () => {
    const on: Values = { ...none, HR: "80" };
    expect(play([on, on, on, on, on], { spotEverySeconds: 8 })).toEqual(["HR 80", "", "HR 80", "", "HR 80"]);
  });
});
