import { expect, test } from "vitest";
import { checkSources } from "../../src/config/load.ts";
import { remarkText } from "../../src/config/remark.ts";
import { goodProfile, goodSite, outside, remarksOf } from "./site-text.ts";

const channel = (lines: string): string => goodProfile.replace(/ {2}W:[\s\S]*$/, `  W:\n${lines}`);
const weight = "    loinc: 29463-7\n";

test.each([
  ["lb", "[lb_av]"],
  ["mmHg", "mm[Hg]"],
  ["C", "Cel"],
  ["KG", "kg"],
  ["mmol/", "mmol/L"],
])("the unit %s of a site's profile is none of UCUM, and %s was meant", async (written, meant) => {
  expect(await remarksOf(goodSite, [channel(`${weight}    units: { x: "${written}" }\n`)])).toEqual([
    `p1.yaml:12:14  channels.W.units.x: “${written}” is no UCUM unit that is known here; did you mean “${meant}”?`,
  ]);
});

test("a unit that is near to none is a mistake all the same, also where the wire carries none", async () => {
  expect(await remarksOf(goodSite, [channel(`${weight}    unit: st\n`)])).toEqual([
    "p1.yaml:12:5  channels.W.unit: “st” is no UCUM unit that is known here.",
  ]);
});

test.each(["8867-5", "29463-8"])("the LOINC code %s has a wrong check digit, which is a mistake", async (code) => {
  expect(await remarksOf(goodSite, [channel(`    loinc: ${code}\n    units: { kg: kg }\n`)])).toEqual([
    `p1.yaml:11:5  channels.W.loinc: “${code}” is no LOINC code: its check digit does not fit.`,
  ]);
});

test("codes that are well formed and unknown here are noted, for they are sent as written", async () => {
  // 12345-5 is the example of LOINC's own description of the check digit.
  const own = channel("    loincByUnit: { kg: 12345-5 }\n    mdc: 999999\n    units: { kg: kg }\n");
  const loaded = await checkSources(
    { site: { file: "site.yaml", text: goodSite }, profiles: [{ file: "p1.yaml", text: own }] },
    outside,
  );
  expect(loaded.ok && loaded.notes.map(remarkText)).toEqual([
    expect.stringContaining("channels.W.loincByUnit.kg: “12345-5” is not among the codes known here"),
    expect.stringContaining("channels.W.mdc: “999999” is not among the codes known here"),
  ]);
});

test.each(["range: { g: [1, 2] }", "decimals: { g: [1] }", "loincByUnit: { g: 29463-7 }"])(
  "what is said of a unit that no unit of the wire maps to is a mistake: %s",
  async (line) => {
    const own = channel(`${weight}    units: { lb: "[lb_av]" }\n    ${line}\n`);
    expect(await remarksOf(goodSite, [own])).toEqual([
      expect.stringContaining("No reading of this channel comes in “g” (it has [lb_av]), so this never acts."),
    ]);
  },
);

test("a profile that is like another is blamed for its own channels alone", async () => {
  const base = channel(`    loinc: 12345-5\n    units: { kg: kg }\n`);
  const own = "like: test-scale\nid: our-scale\nversion: 1\nchannels:\n  H: { loinc: 8302-2, units: { cm: cmm } }\n";
  const remarks = await remarksOf(goodSite, [base, own]);
  expect(remarks.map((text) => text.split(":")[0])).toEqual(["p1.yaml", "p2.yaml"]);
});
