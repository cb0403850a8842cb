import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Plan, plan, type Steps } from "../../src/config/plan.ts";
import { configurationOf, goodProfile, goodSite } from "./site-text.ts";

const ids = (steps: Steps<{ readonly id: string }>) => ({ ...steps, open: steps.open.map((p) => p.id) });
const idle = { close: [], open: [] };

describe("a plan", () => {
  test("from nothing opens everything", async () => {
    const made = plan(undefined, await configurationOf(goodSite));
    expect(ids(made.devices)).toEqual({ close: [], open: ["scale-1"], keep: [] });
    expect(ids(made.sinks)).toEqual({ close: [], open: ["ehr"], keep: [] });
    expect(made.restart).toEqual([]);
  });

  test("to the same touches nothing", async () => {
    const [a, b] = [await configurationOf(goodSite), await configurationOf(`# a comment\n${goodSite}`)];
    const made = plan(a, b);
    expect([made.places, made.devices, made.sinks]).toEqual([
      { ...idle, keep: ["exam-1"] },
      { ...idle, keep: ["scale-1"] },
      { ...idle, keep: ["ehr"] },
    ]);
  });

  test("reopens a device whose profile changed, and nothing else", async () => {
    const next = await configurationOf(goodSite, [goodProfile.replace("version: 1", "version: 2")]);
    const made = plan(await configurationOf(goodSite), next);
    expect(ids(made.devices)).toEqual({ close: ["scale-1"], open: ["scale-1"], keep: [] });
    expect(made.sinks.keep).toEqual(["ehr"]);
    expect(made.places.keep).toEqual(["exam-1"]);
  });

  test("reopens destinations when the gateway has another name", async () => {
    const made = plan(await configurationOf(goodSite), await configurationOf(goodSite.replace("box-1", "box-2")));
    expect(made.sinks.close).toEqual(["ehr"]);
    expect(made.devices.keep).toEqual(["scale-1"]);
  });

  test("says what acts only after a restart", async () => {
    const next = await configurationOf(`${goodSite}state: /srv/vitalwire\n`);
    expect(plan(await configurationOf(goodSite), next).restart).toEqual(["state"]);
  });
});

test("whatever two configurations there are, the plan leads from the one to the other", async () => {
  const base = await configurationOf(goodSite);
  const [device] = base.site.devices;
  if (device === undefined) throw new Error("the good site has a device");
  const devices = fc.uniqueArray(
    fc.record({ id: fc.constantFrom<string>("a", "b", "c", "d"), place: fc.constantFrom<string>("exam-1", "exam-2") }),
    { selector: (d) => d.id },
  );
  const configuration = devices.map((all) => ({
    ...base,
    site: { ...base.site, devices: all.map((d) => ({ ...device, ...d })) },
  }));
  fc.assert(
    fc.property(configuration, configuration, (current, next) => {
      const running = new Map(current.site.devices.map((d) => [d.id, d]));
      const made: Plan = plan(current, next);
      for (const id of made.devices.close) expect(running.delete(id)).toBe(true);
      for (const d of made.devices.open) {
        expect(running.has(d.id)).toBe(false);
        running.set(d.id, d);
      }
      expect(new Map(running)).toEqual(new Map(next.site.devices.map((d) => [d.id, d])));
      for (const id of made.devices.keep) expect(made.devices.close).not.toContain(id);
    }),
  );
});
