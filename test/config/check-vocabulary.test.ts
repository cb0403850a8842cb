import { expect, test } from "vitest";
import { outside as real } from "../../src/cli/configuration.ts";
import { checkVocabulary } from "../../src/config/check-vocabulary.ts";
import { resolveProfiles, shippedProfileSources } from "../../src/config/profiles.ts";
import { goodProfile, goodSite, remarksOf } from "./site-text.ts";

const templates = (readings: string, units: string): string =>
  goodProfile.replace("serial:", `options: { readings: ["${readings}"], units: [${units}] }\nserial:`);

test("a channel that templates name and the profile lacks comes with a note, for its readings are held", async () => {
  expect(await remarksOf(goodSite, [templates("{w:number(9)} {Height:number(9)} {unit:word}", "kg")])).toEqual([
    "p1.yaml:8:12  options.readings: The templates name “w”, and “channels” has no such channel: its readings are held.",
    "p1.yaml:8:12  options.readings: The templates name “Height”, and “channels” has no such channel: its readings are held.",
  ]);
});

test("a unit that no channel maps comes with a note", async () => {
  expect(await remarksOf(goodSite, [templates("{W:number(9)} {unit:word}", "kg, lb")])).toEqual([
    expect.stringContaining("options.units: No channel maps the unit “lb”: readings in it are held."),
  ]);
  expect(await remarksOf(goodSite, [templates("{W:number(9)} {unit:word}", "kg")])).toEqual([]);
});

test("no shipped profile names what it gives no meaning to", async () => {
  const { profiles } = await resolveProfiles(await shippedProfileSources(), [], real.driverOptions);
  const facts = await real.driverFacts("line");
  if (facts === undefined) throw new Error("no driver");
  const lines = [...profiles.values()].filter(({ profile }) => profile.driver === "line");
  expect(lines.length).toBeGreaterThan(5);
  expect(lines.flatMap((profile) => checkVocabulary(profile, facts))).toEqual([]);
});
