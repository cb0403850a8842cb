import { describe, expect, it } from "vitest";
import type { Source } from "../../src/config/remark.ts";
import { usedSources } from "../../src/config/used.ts";
import { siteOf } from "../kit/site.ts";

const source = (file: string, text: string): Source => ({ file, text });
const scale = source("scale.yaml", "# A scale\nid: scale\nversion: 1\n");
const grams = source("scale-grams.yaml", "id: scale-grams\nlike: scale\n");
const meter = source("meter.yaml", 'id: "meter"\nnotes: |\n  id: scale\n');
const flow = source("flow.yaml", "{ id: flow, version: 1 }\n");
const shipped = [scale, grams, meter];

const link = { tcp: { host: "h", port: 1 } };
const files = (sources: readonly Source[]) => sources.map(({ file }) => file);

describe("the shipped profiles that a site uses", () => {
  it("are those that its devices name, and what those are like", () => {
    const site = siteOf({ a: { link, profile: "scale-grams" } });
    expect(files(usedSources(site, [], shipped))).toEqual(["scale.yaml", "scale-grams.yaml"]);
    expect(files(usedSources(siteOf({ a: { link, profile: "meter" } }), [], shipped))).toEqual(["meter.yaml"]);
  });

  it("are those that its own profiles are like, and those whose id they take", () => {
    const site = siteOf({ a: { link, profile: "mine" } });
    const mine = source("mine.yaml", "id: mine\nlike: meter\n");
    const taken = source("taken.yaml", "id: scale\n");
    expect(files(usedSources(site, [mine, taken], shipped))).toEqual(["scale.yaml", "meter.yaml"]);
  });

  it("are all where a device is recognised by its port, or a profile's text does not tell its id", () => {
    const recognised = { devices: [{ id: "a", place: "room-4", link, allowUnproven: false }] };
    expect(usedSources(recognised, [], shipped)).toBe(shipped);
    expect(usedSources(siteOf({ a: { link, profile: "meter" } }), [flow], shipped)).toBe(shipped);
    expect(files(usedSources(siteOf({ a: { link, profile: "meter" } }), [], [scale, flow, meter]))).toEqual([
      "flow.yaml",
      "meter.yaml",
    ]);
  });
});
