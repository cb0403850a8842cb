import { describe, expect, it } from "vitest";
import { normalizeReport } from "../../src/normalize/report.ts";
import { circumstances, finding, profileOf } from "./circumstances.ts";

const pressure = { unit: "mm[Hg]", range: { "mm[Hg]": [20, 300] as [number, number] } };
const profile = profileOf(
  { SYS: pressure, DIA: pressure, H: { unit: "cm", range: { cm: [30, 250] }, optional: true } },
  { ignore: ["STATUS"] },
);

function report(...findings: Parameters<typeof normalizeReport>[0]) {
  let n = 0;
  const { id: _id, group: _group, ...situation } = circumstances(profile);
  return normalizeReport(findings, situation, () => `id-${++n}`);
}
const states = (observations: ReturnType<typeof report>) => observations.map(({ standing }) => standing.state);

describe("findings of one report", () => {
  it("share a group by their first observation's id; those without a group stand alone", () => {
    const observations = report(
      finding("SYS", "120", { group: "g" }),
      finding("H", "180"),
      finding("DIA", "80", { group: "g" }),
    );
    expect(observations.map(({ id, group }) => [id, group])).toEqual([
      ["id-1", "id-1"],
      ["id-2", "id-2"],
      ["id-3", "id-1"],
    ]);
  });

  it("are held together when one of them cannot be so", () => {
    const observations = report(finding("SYS", "120", { group: "g" }), finding("DIA", "8", { group: "g" }));
    expect(observations.map(({ standing }) => standing)).toEqual([
      { state: "held", reasons: ["implausible"] },
      { state: "held", reasons: ["implausible"] },
    ]);
  });

  it("do not suffer from an implausible one whose channel is optional", () => {
    expect(states(report(finding("SYS", "120", { group: "g" }), finding("H", "9", { group: "g" })))).toEqual([
      "ready",
      "held",
    ]);
  });

  it("do not suffer from another group's", () => {
    expect(states(report(finding("SYS", "120", { group: "a" }), finding("DIA", "8", { group: "b" })))).toEqual([
      "ready",
      "held",
    ]);
  });

  it("make no observation where the profile knows that a channel is no reading", () => {
    expect(report(finding("STATUS", { kind: "text", text: "ok" }), finding("SYS", "120"))).toHaveLength(1);
  });
});
