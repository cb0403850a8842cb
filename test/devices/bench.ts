import { afterEach } from "vitest";
import { hostClock } from "../../src/clock.ts";
import type { Site } from "../../src/config/site.ts";
import { Fleet, type FleetParts } from "../../src/devices/fleet.ts";
import { hostTimers } from "../../src/devices/timers.ts";
import { FakeUpstream } from "../kit/fake-upstream.ts";
import { type PtyInstrument, ptyInstrument } from "../kit/pty.ts";
import { profileOf, profilesOf } from "../kit/site.ts";
import { toyDriver } from "../kit/toy-driver.ts";
import { until } from "../kit/until.ts";

/** What is closed after the test, the last one first. */
export const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A fleet at work, and all that it told. */
export interface Bench {
  readonly fleet: Fleet;
  readonly upstream: FakeUpstream;
  readonly log: { readonly event: string; readonly fields: Record<string, unknown> }[];
}

/** A fleet whose waiting takes no time: a hundredth of the usual. */
export function bench(over: Partial<FleetParts> = {}): Bench {
  const upstream = new FakeUpstream();
  const log: Bench["log"] = [];
  const fleet = new Fleet({
    upstream,
    clock: hostClock(),
    log: (event, fields) => log.push({ event, fields }),
    timers: { after: (ms, call) => hostTimers.after(ms / 100, call) },
    loadDriver: async (id) => (id === "toy" ? toyDriver : undefined),
    ...over,
  });
  ends.push(() => fleet.stop());
  return { fleet, upstream, log };
}

/** An instrument on a real pty, unplugged after the test. */
export async function plugIn(path?: string): Promise<PtyInstrument> {
  const instrument = await ptyInstrument(path);
  ends.push(instrument.unplug);
  return instrument;
}

export const serial = (path: string) => ({ serial: { path } });
/** The profile of the toy instrument alone. */
export const toys = profilesOf(profileOf());
/** The state of a device, with the code of its problem where it has one. */
export const stateOf = (fleet: Fleet, id: string) => {
  const status = fleet.statuses().find(({ device }) => device === id);
  return status?.problem === undefined ? status?.state : `${status.state} ${status.problem.code}`;
};

/** Applies and waits until each device is open or known not to be: what is sent to a closed port is lost. */
export async function run(fleet: Fleet, site: Site, profiles = toys): Promise<void> {
  await fleet.apply(site, profiles);
  await until(() => fleet.statuses().every(({ state }) => state !== "opening"));
}
