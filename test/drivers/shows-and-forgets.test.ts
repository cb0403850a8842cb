import { describe, expect, it } from "vitest";
import { type Replayed, replay } from "../../src/driver-kit/replay.ts";
import { driverFolders } from "../kit/drivers.ts";

/** Instruments that go on showing what they measured, or send it once unasked: nobody can ask them for it again. */
const ids = [
  "accutorr-3",
  "and-ua-767",
  "contec-cms50",
  "detecto",
  "ge-dinamap",
  "health-o-meter",
  "hid-pos-scale",
  "ivy-450c",
  "line",
  "masimo",
  "minividas",
  "mt-sics",
  "nci-ecr",
  "nellcor",
  "nonin",
  "philips-efficia",
  "sma",
  "spotchem-el",
  "tanita",
  "toledo-8217",
  "visomat",
];

const folders = (await driverFolders()).filter(({ id }) => ids.includes(id));

/** What was reported from this receipt on, each finding once, with where it stood. */
function reported({ steps }: Replayed, from: number): readonly string[] {
  const findings = steps.flatMap((step) =>
    "action" in step && step.action.do === "report" && step.action.receipt >= from ? step.action.findings : [],
  );
  return [...new Set(findings.map((finding) => JSON.stringify(finding)))].sort();
}

describe.each(folders.map((folder) => [folder.id, folder] as const))("%s", (_, { driver, profiles, captures }) => {
  it.each(captures.map(({ name, capture }) => [name, capture] as const))(
    "stores the findings of %s, and no other ones, where the disk was full",
    (_name, capture) => {
      const profile = profiles.find(({ id }) => id === capture.head.profile);
      const played = (until: number) => {
        const session = driver?.session(driver.options.parse(profile?.options ?? {}));
        if (session === undefined) throw new TypeError("no driver");
        return replay(session, capture.lines, { answer: (receipt) => (receipt < until ? "refused" : "stored") });
      };
      const whole = reported(played(1), 1);
      // The first report refused, and all: what is stored then, and what is offered in vain.
      expect(reported(played(2), 2)).toEqual(whole);
      expect(reported(played(1000), 1)).toEqual(whole);
    },
  );
});

it("holds for every driver that is named here", () => expect(folders.map(({ id }) => id)).toEqual(ids));
