import { describe, expect, it, vi } from "vitest";
import { samplesOf } from "../src/cli/simulate/probe.ts";
import type { DiscardReason } from "../src/driver-kit/contract.ts";
import { replay } from "../src/driver-kit/replay.ts";
import { simulationHolds } from "./kit/conformance/duet.ts";
import { namesHold } from "./kit/conformance/names.ts";
import type { Trial } from "./kit/conformance/trial.ts";
import { overclaims, perCapture, perProfile } from "./kit/conformance.ts";
import { type DriverFolder, driverFolders, type NamedCapture } from "./kit/drivers.ts";

/** No measure of speed, but enough for the slowest box: thousands of damaged captures are played in one test. */
vi.setConfig({ testTimeout: 120_000 });

/** Conformance: every folder of drivers/ is held to every rule, with every capture it brings. Nothing is named here. */
const folders = await driverFolders();

function trialsOf({ driver, profiles, captures }: DriverFolder): readonly { trial: Trial; named: NamedCapture }[] {
  if (driver === undefined) return [];
  return captures.flatMap((named) => {
    const profile = profiles.find(({ id }) => id === named.capture.head.profile);
    if (profile === undefined) return [];
    const { success, data: options } = driver.options.safeParse(profile.options);
    if (!success) return [];
    const { channels, ignore } = profile;
    return [{ named, trial: { driver, options, capture: named.capture, channels, ignore } }];
  });
}

describe.each(folders.map((folder) => [folder.id, folder] as const))("driver %s", (_, folder) => {
  const { driver, simulation, profiles, captures } = folder;
  const trials = trialsOf(folder);

  it("has a whole folder", () => {
    const strange = captures.filter(({ capture }) => !profiles.some(({ id }) => id === capture.head.profile));
    expect([
      ...folder.faults,
      ...strange.map(
        ({ name, capture }) => `captures/${name} is of “${capture.head.profile}”, no profile of this driver`,
      ),
    ]).toEqual([]);
  });

  for (const profile of profiles) {
    const own = trials.filter(({ named }) => named.capture.head.profile === profile.id).map(({ trial }) => trial);
    const [first] = own;
    if (driver === undefined || first === undefined) continue;
    for (const [sentence, rule] of Object.entries(perProfile))
      it(`with ${profile.id} ${sentence}`, () => expect(rule(first)).toEqual([]));
    it(`with ${profile.id} declares no limit needlessly`, () => expect(overclaims(own)).toEqual([]));
  }

  if (driver !== undefined && simulation !== undefined)
    it("reads its simulated instrument, which hears that a result is safe only after it is stored", () => {
      const held = profiles.map((profile) =>
        simulationHolds(driver, driver.options.parse({ ...profile.options, ...simulation.settings }), simulation),
      );
      // The simulation is of one of the profiles; with the options of another format nothing can be read.
      expect(held.some((violations) => violations.length === 0) ? [] : held[0]).toEqual([]);
    });

  if (driver !== undefined && simulation !== undefined)
    it("tells no result under another name because an answer did not come", () => {
      const held = profiles.flatMap((profile) =>
        namesHold(driver, driver.options.parse({ ...profile.options, ...simulation.settings }), {
          instrument: () => simulation.instrument(profile.options),
          samples: samplesOf(simulation, profile),
        }),
      );
      expect(held).toEqual([]);
    });

  describe.each(trials.map(({ trial, named }) => [named.name, trial, named] as const))("on %s", (_, trial, named) => {
    it("reads what is written beside it", () => {
      const played = replay(trial.driver.session(trial.options), trial.capture.lines);
      const discards = new Map<DiscardReason, number>();
      for (const { reason, span } of played.discards)
        discards.set(reason, (discards.get(reason) ?? 0) + span.to - span.from);
      const sorted = <T extends { reason: string }>(all: readonly T[]) =>
        [...all].sort((a, b) => a.reason.localeCompare(b.reason));
      expect({
        identify: played.identities,
        findings: played.findings.map(({ span: _, ...finding }) => finding),
        scans: played.scans.map(({ span: _, ...scan }) => scan),
        discards: sorted([...discards].map(([reason, length]) => ({ reason, length }))),
      }).toEqual({
        identify: [],
        findings: [],
        scans: [],
        ...named.expected,
        discards: sorted(named.expected.discards ?? []),
      });
    });
    for (const [sentence, rule] of Object.entries(perCapture)) it(sentence, () => expect(rule(trial)).toEqual([]));
  });
});
