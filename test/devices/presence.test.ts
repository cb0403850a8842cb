import { describe, expect, test } from "vitest";
import { LiveSession } from "../../src/devices/live-session.ts";
import { Presence } from "../../src/devices/presence.ts";
import type { Driver } from "../../src/driver-kit/contract.ts";
import type { Instrument, InstrumentAction, Simulation } from "../../src/driver-kit/instrument.ts";
import type { ConnectionEvents } from "../../src/links/link.ts";
import { driverFolders } from "../kit/drivers.ts";
import { VirtualTime } from "../kit/virtual/time.ts";

const second = 1000;
const minute = 60 * second;

/** Asked every five seconds from one moment to another. */
function asked(presence: Presence, fromMs: number, toMs: number, answers: boolean): void {
  for (let ms = fromMs; ms < toMs; ms += 5 * second) {
    presence.asks(ms);
    if (answers) presence.heard(10, ms + 100);
    if (answers) presence.understood();
  }
}

describe("an instrument", () => {
  test("that answers has been there since the connection was opened", () => {
    const presence = new Presence(0, false);
    asked(presence, 0, 10 * minute, true);
    expect(presence.since).toBe(0);
  });

  test.each([true, false])("that was away is there since it answers again; carried: %s", (carried) => {
    const presence = new Presence(0, carried);
    asked(presence, 0, minute, true);
    asked(presence, minute, 5 * minute, false);
    asked(presence, 5 * minute, 6 * minute, true);
    expect(presence.since).toBe(5 * minute + 100);
  });

  test("that missed one question was not away", () => {
    const presence = new Presence(0, true);
    asked(presence, 0, minute, true);
    asked(presence, minute, minute + 5 * second, false);
    asked(presence, minute + 5 * second, 2 * minute, true);
    expect(presence.since).toBe(0);
  });

  test("that speaks when it has something to say may be silent for long, unless it is carried from room to room", () => {
    const [stays, carried] = [new Presence(0, false), new Presence(0, true)];
    for (const presence of [stays, carried]) presence.heard(10, 20 * minute);
    expect([stays.since, carried.since]).toEqual([0, 20 * minute]);
  });

  test.each([true, false])("is not there because its open line catches noise; carried: %s", (carried) => {
    const presence = new Presence(0, carried);
    asked(presence, 0, minute, true);
    for (let ms = minute; ms < 5 * minute; ms += 5 * second) {
      presence.asks(ms);
      presence.heard(1, ms + 500);
      presence.heard(2, ms + 700);
      presence.noise(3);
    }
    expect(presence.since).toBe(0);
    presence.asks(5 * minute);
    presence.heard(10, 5 * minute + 100);
    expect(presence.since).toBe(5 * minute + 100);
  });

  test("of which a reply is damaged now and then was there all along", () => {
    const presence = new Presence(0, true);
    for (let ms = 0; ms < 5 * minute; ms += second) {
      presence.asks(ms);
      presence.heard(10, ms + 100);
      if (ms % (7 * second) === 0) presence.noise(10);
    }
    expect(presence.since).toBe(0);
  });
});

/** Since when an instrument that is always on its cable seems to be there, at each of its reports; its session opens at 0. */
async function watched(
  driver: Driver,
  options: unknown,
  instrument: Instrument,
  { samples }: Simulation,
  carried: boolean,
) {
  const time = new VirtualTime(Date.UTC(2026, 10, 23, 13));
  const openedMs = time.now().monotonicMs;
  const since: number[] = [];
  let near: ConnectionEvents | undefined;
  let cancel = (): void => {};
  const act = (actions: readonly InstrumentAction[]): void => {
    for (const action of actions) {
      if (action.do === "write") time.after(1, () => near?.data(action.bytes));
      if (action.do !== "wake") continue;
      cancel();
      cancel = action.afterMs > 0 ? time.after(action.afterMs, () => act(instrument.handle({ on: "wake" }))) : () => {};
    }
  };
  const live = new LiveSession({
    session: driver.session(options),
    connection: {
      name: "cable",
      notes: [],
      start: (events) => {
        near = events;
      },
      write: (bytes) => time.after(1, () => act(instrument.handle({ on: "data", bytes }))),
      pause: () => {},
      resume: () => {},
      close: async () => {},
    },
    recording: { in: () => {}, out: () => {}, end: () => {} },
    timers: time,
    clock: time,
    openedMs,
    carried,
    events: {
      report: async (_, { connectedSinceMs }) => {
        since.push(connectedSinceMs - openedMs);
        return "stored";
      },
      scan: () => {},
      discarded: () => {},
      identify: () => {},
      instrument: () => ({ device: { device: "toy-1", place: "room", profile: "toy@1", driver: "toy@1" } }),
      heard: () => {},
      fault: (error) => {
        throw error;
      },
      over: () => {},
    },
  });
  live.start();
  act(instrument.handle({ on: "open" }));
  for (let ms = 0; ms < 7 * minute; ms += second) {
    // A simulated meter is on its cable once it has measured.
    if (ms === 0 || ms === 3 * minute)
      act(instrument.handle({ on: "measure", values: samples[0] ?? {}, at: time.now().wall.slice(0, 19) }));
    await time.advance(second, () => new Promise((resolve) => setImmediate(resolve)));
  }
  await live.close();
  return since;
}

const folders = await driverFolders();
const simulated = folders.flatMap(({ id, driver, simulation, profiles: [profile] }) =>
  driver === undefined || simulation === undefined || profile === undefined
    ? []
    : [{ id, driver, simulation, profile }],
);
/** Asked every few seconds, whatever becomes of it. */
const askedOften = [
  "accutorr-3",
  "arkray",
  "beurer-bm58",
  "bgstar",
  "caresens",
  "ge-dinamap",
  "philips-efficia",
  "taidoc",
];

describe("always on its cable", () => {
  test.each(simulated)(
    "a simulated instrument of $id is never taken to have been away",
    async ({ id, driver, simulation, profile }) => {
      const options = driver.options.parse(profile.options);
      const play = (carried: boolean) =>
        watched(driver, options, simulation.instrument({ ...profile.options }), simulation, carried);
      for (const since of await play(false)) expect(since).toBe(0);
      if (!askedOften.includes(id)) return;
      const carried = await play(true);
      expect(carried.length).toBeGreaterThan(0);
      for (const since of carried) expect(since).toBe(0);
    },
  );
});
