import { describe, expect, test } from "vitest";
import { configurationOf, goodProfile, goodSite, remarksOf } from "./site-text.ts";

const like = (more: string): string => `like: test-scale\nid: our-scale\nversion: 3\n${more}`;

describe("a profile like another", () => {
  test("has the other's keys, its own over them, and channels of both", async () => {
    const own = like("model: Ours\nchannels:\n  H: { loinc: 8302-2, units: { cm: cm } }\n");
    const { profiles } = await configurationOf(goodSite, [goodProfile, own]);
    expect(profiles.get("our-scale")).toMatchObject({
      id: "our-scale",
      version: 3,
      maker: "Test",
      model: "Ours",
      driver: "line",
    });
    expect(Object.keys(profiles.get("our-scale")?.channels ?? {})).toEqual(["W", "H"]);
    expect(Object.keys(profiles.get("test-scale")?.channels ?? {})).toEqual(["W"]);
  });

  test("that is itself like another cannot be a base", async () => {
    const remarks = await remarksOf(goodSite, [goodProfile, like(""), "like: our-scale\nid: third\nversion: 1\n"]);
    expect(remarks).toEqual([
      "p3.yaml:1:1  like: “our-scale” is itself like another profile (test-scale); name that one.",
    ]);
  });

  test("that is not there is named with the one that was meant", async () => {
    const remarks = await remarksOf(goodSite, [goodProfile, "like: test-scael\nid: our-scale\nversion: 1\n"]);
    expect(remarks).toEqual(["p2.yaml:1:1  like: There is no profile “test-scael”. Did you mean “test-scale”?"]);
  });

  test("leads a mistake to the file that made it", async () => {
    const broken = goodProfile.replace("serial:", "options: { terminator: XY }\nserial:");
    const remarks = await remarksOf(goodSite, [broken, like("")]);
    expect(remarks).toContain("p1.yaml:8:12  options.terminator: “XY” must be one of CR, LF, CRLF, silence.");
    expect(remarks.every((r) => r.startsWith("p1.yaml"))).toBe(true);
  });
});

describe("a site's profile", () => {
  test("may not take the id of a shipped one", async () => {
    const remarks = await remarksOf(goodSite, [goodProfile, goodProfile.replace("test-scale", "health-o-meter-esc")]);
    expect(remarks).toHaveLength(1);
    expect(remarks[0]).toMatch(/^p2\.yaml:1:1 {2}id: “health-o-meter-esc” is that of a profile shipped with Vitalwire/);
  });

  test("may not take the id of another of the site's", async () => {
    expect(await remarksOf(goodSite, [goodProfile, goodProfile])).toEqual([
      "p2.yaml:1:1  id: “test-scale” is taken already (p1.yaml).",
    ]);
  });

  test("with mistakes makes no second mistake where it is used", async () => {
    expect(await remarksOf(goodSite, [goodProfile.replace("maker:", "makr:")])).toEqual([
      "p1.yaml:5:1  makr: “makr” is not known here. Did you mean “maker”?",
    ]);
  });

  test("for a driver that is not there is a mistake", async () => {
    expect(await remarksOf(goodSite, [goodProfile.replace("driver: line", "driver: lime")])).toEqual([
      "p1.yaml:3:1  driver: There is no driver “lime”.",
    ]);
  });

  test("with a range upside down is a mistake", async () => {
    const text = goodProfile.replace("units: { kg: kg }", "units: { kg: kg }\n    range: { kg: [300, 2] }");
    expect(await remarksOf(goodSite, [text])).toEqual(["p1.yaml:13:14  channels.W.range.kg: 300 is more than 2."]);
  });
});
