import { describe, expect, it } from "vitest";
import { samplesOf } from "../src/cli/simulate/probe.ts";
import type { HoldReason } from "../src/model/observation.ts";
import { meaningOf } from "../src/normalize/value.ts";
import { duet } from "./kit/conformance/duet.ts";
import { driverFolders } from "./kit/drivers.ts";

/** Their tests are the laboratory's own, so the shipped profile maps none. */
const unmapped: Readonly<Record<string, HoldReason>> = {
  "lis02-analyzer": "unmapped-channel",
  "roche-cobas-e411": "unmapped-channel",
};

/** A simulation plays one format of its driver; with these profiles, which are of another, it is not understood. */
const silent: readonly string[] = [
  "contec-cms50d-plus",
  "keyboard-scanner-without-enter",
  "accu-chek-usb",
  "masimo-trend",
  "nonin-format-13",
  "nonin-format-2",
  "nonin-format-7",
  "nonin-format-text",
];

const played = (await driverFolders()).flatMap(({ driver, simulation, profiles }) =>
  driver === undefined || simulation === undefined ? [] : profiles.map((profile) => ({ driver, simulation, profile })),
);

describe("what is simulated", () => {
  it.each(played.map((one) => [one.profile.id, one] as const))("as %s has a meaning", (id, one) => {
    const { driver, simulation, profile } = one;
    const { findings, scans } = duet(
      driver,
      driver.options.parse({ ...profile.options, ...simulation.settings }),
      { instrument: () => simulation.instrument(profile.options), samples: samplesOf(simulation, profile) },
      "stored",
    ).played;
    expect(findings.length + scans.length > 0).toBe(!silent.includes(id));
    const held = findings.flatMap(({ channel, value, unit }) => {
      if (profile.ignore.includes(channel)) return [];
      const known = profile.channels[channel];
      const hold = known === undefined ? "unmapped-channel" : meaningOf(value, unit, known).hold;
      return hold === undefined || hold === unmapped[id] ? [] : [`${hold}: ${channel} ${value.text} ${unit ?? ""}`];
    });
    expect(held).toEqual([]);
  });
});
