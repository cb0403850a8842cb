import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { simulation as analyzerSimulation } from "../../drivers/astm/simulation.ts";
import { simulation as monitorSimulation } from "../../drivers/ge-dinamap/simulation.ts";
import { simulation as scaleSimulation } from "../../drivers/health-o-meter/simulation.ts";
import { simulation as meterSimulation } from "../../drivers/onetouch-ultra2/simulation.ts";
import { simulation as scannerSimulation } from "../../drivers/text-scanner/simulation.ts";
import { outside } from "../../src/cli/configuration.ts";
import { checkSources } from "../../src/config/load.ts";
import type { Profile } from "../../src/config/profile.ts";
import type { Site } from "../../src/config/site.ts";
import { loadDriver } from "../../src/devices/drivers.ts";
import type { Driver } from "../../src/driver-kit/contract.ts";
import type { StoredObservation } from "../../src/journal/journal.ts";
import { roomAndBench } from "../kit/site.ts";
import { Cable } from "../kit/virtual/cable.ts";
import { startVirtualGateway, type VirtualGateway } from "../kit/virtual/gateway.ts";
import { type Mood, VirtualReceiver } from "../kit/virtual/receiver.ts";
import { VirtualTime } from "../kit/virtual/time.ts";

/*
 * The law of the whole: for any interleaving of scans, readings, faults and restarts, every reading is delivered or
 * visibly held, once in effect, under the patient scanned when it was measured. The gateway is the real one, with its
 * real journal on disk and real drivers talking to simulated instruments; only lines, destination and time are not.
 */

const runs = 40;

type Step =
  | { readonly do: "scan"; readonly patient: number }
  | { readonly do: "leave" }
  | { readonly do: "scan-nonsense" }
  | { readonly do: "weigh" | "prick" | "vitals" | "analyze" }
  | { readonly do: "plug" | "unplug" }
  | { readonly do: "mood"; readonly mood: Mood }
  /** The power fails. */
  | { readonly do: "restart" }
  | { readonly do: "wait"; readonly ms: number };

type Measuring = Extract<Step, { readonly do: "weigh" | "prick" | "vitals" | "analyze" }>;

const measuring = fc.constantFrom<Measuring>({ do: "weigh" }, { do: "prick" }, { do: "vitals" }, { do: "analyze" });
const scanning = fc.record({ do: fc.constant("scan" as const), patient: fc.integer({ min: 1, max: 3 }) });
const leaving = fc.constantFrom<Step>({ do: "leave" }, { do: "scan-nonsense" });
const plugging = fc.constantFrom<Step>({ do: "plug" }, { do: "unplug" });
const waiting = fc.record({
  do: fc.constant("wait" as const),
  ms: fc.oneof(
    fc.integer({ min: 1, max: 100 }),
    fc.integer({ min: 100, max: 4000 }),
    fc.integer({ min: 4000, max: 15_000 }),
    fc.constantFrom(60_000, 301_000),
  ),
});
const restarting = fc.constant<Step>({ do: "restart" });
/** Right when a reading is on its way to the disk, or an answer on its way back. */
const moment = fc.record({
  do: fc.constant("wait" as const),
  ms: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1990, max: 2060 })),
});
const moods = fc.constantFrom<Mood>("well", "well", "away", "unheard", "broken", "error", "refusing");
const mood = fc.record({ do: fc.constant("mood" as const), mood: moods });

/** What people do in a visit, with what may come in between; and anything at any time. */
const visit: fc.Arbitrary<readonly Step[]> = fc
  .tuple(scanning, fc.array(fc.oneof(measuring, waiting), { minLength: 1, maxLength: 4 }), fc.option(leaving), waiting)
  .map(([scan, during, leave, wait]) => [scan, wait, ...during, ...(leave === null ? [] : [leave])]);
const fault: fc.Arbitrary<readonly Step[]> = fc.oneof(
  fc.tuple(mood, measuring, waiting, mood),
  fc.tuple(measuring, moment, restarting),
  fc.tuple(measuring, waiting, restarting),
  fc.tuple(plugging, waiting),
);
const anything: fc.Arbitrary<readonly Step[]> = fc
  .oneof<fc.Arbitrary<Step>[]>(scanning, measuring, leaving, plugging, waiting, restarting, mood)
  .map((one) => [one]);
const scripts = fc
  .array(fc.oneof(visit, fault, anything), { minLength: 4, maxLength: 16, size: "max" })
  .map((parts) => parts.flat());

const serial = (id: string, profile: string) => ({
  id,
  place: id === "analyzer" ? "bench-1" : "room-4",
  profile,
  allowUnproven: true,
  link: { serial: { path: `/dev/${id}`, baudRate: 9600 } },
});

const siteText = stringify({
  site: "north",
  gateway: "gw-1",
  timezone: "UTC",
  places: roomAndBench({ patient: 1, specimen: 3 }),
  devices: [
    serial("scanner", "generic-serial-scanner"),
    serial("scale", "health-o-meter-esc"),
    serial("meter", "onetouch-ultra2"),
    serial("monitor", "carescape-v100"),
    serial("analyzer", "abbott-afinion-2"),
  ],
});

let site: Site;
let profiles: ReadonlyMap<string, Profile>;
const drivers = new Map<string, Driver>();

beforeAll(async () => {
  const loaded = await checkSources({ site: { file: "site.yaml", text: siteText }, profiles: [] }, outside);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.remarks));
  site = loaded.configuration.site;
  profiles = new Map(
    [...loaded.configuration.profiles].map(([id, profile]) => [
      id,
      // Asked less often than usual, so that hours pass faster.
      id === "carescape-v100" ? { ...profile, options: { ...profile.options, pollMs: 4000 } } : profile,
    ]),
  );
  for (const { profile } of site.devices) {
    const id = profiles.get(profile ?? "")?.driver ?? "";
    const driver = await loadDriver(id);
    if (driver !== undefined) drivers.set(id, driver);
  }
});

/** What an instrument truly measured. `from` and `to`: when the gateway must have been there to learn of it. */
interface Measured {
  readonly by: "scale" | "meter" | "monitor" | "analyzer";
  readonly text: string;
  /** When it was measured. */
  readonly at: number;
  /** A scale streams on: whoever begins to listen in the middle learns of the weight only at its end. */
  readonly until?: number;
  readonly specimen?: string;
}

const leading: Readonly<Record<string, Measured["by"]>> = {
  W: "scale",
  glucose: "meter",
  NIBP_SYS: "monitor",
  HbA1c: "analyzer",
};
/** A scale's weight counts from its third packet on. */
const settledMs = 2001;
/** A monitor is asked within so long. */
const polledMs = 9000;

class World {
  readonly time = new VirtualTime(Date.UTC(2026, 10, 23, 8));
  readonly receiver = new VirtualReceiver(this.time);
  readonly measured: Measured[] = [];
  /** Who was in the room, as the scans say it, and from when. */
  readonly presence: { readonly at: number; readonly who: string | undefined }[] = [{ at: 0, who: undefined }];
  readonly deaths: number[] = [];
  readonly safe = new Set<number>();
  readonly #cables = new Map<string, Cable>();
  readonly #folder = mkdtempSync(join(tmpdir(), "vw-model-"));
  #gateway: VirtualGateway | undefined;

  constructor() {
    const instruments = {
      scanner: scannerSimulation.instrument(),
      scale: scaleSimulation.instrument(),
      meter: meterSimulation.instrument(),
      monitor: monitorSimulation.instrument(),
      analyzer: analyzerSimulation.instrument(profiles.get("abbott-afinion-2")?.options),
    };
    for (const [name, instrument] of Object.entries(instruments)) {
      this.#cables.set(name, new Cable(name, instrument, this.time, name !== "meter", (n) => this.safe.add(n)));
    }
  }

  async start(): Promise<void> {
    const { time, receiver } = this;
    const path = join(this.#folder, "journal.sqlite");
    this.#gateway = await startVirtualGateway({ site, profiles, drivers, time, receiver, cables: this.#cables, path });
    await this.pass(5);
  }

  get journal() {
    if (this.#gateway === undefined) throw new Error("no gateway runs");
    return this.#gateway.journal;
  }

  pass(ms: number): Promise<void> {
    return this.time.advance(ms, () => this.#gateway?.settle() ?? Promise.resolve());
  }

  async close(): Promise<void> {
    await this.#gateway?.crash();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async take(given: Step): Promise<void> {
    switch (given.do) {
      case "scan":
        return this.#scan(`P${given.patient}`, String(given.patient));
      case "leave":
        return this.#scan("DONE", undefined);
      case "scan-nonsense":
        return this.#scan("what is this", undefined);
      case "weigh": {
        const text = (30 + this.measured.length / 10).toFixed(1);
        this.measured.push({ by: "scale", text, at: this.time.ms + settledMs, until: this.time.ms + 2 * settledMs });
        return this.#cable("scale").measure({ W: text });
      }
      case "prick": {
        const glucose = String(50 + this.measured.length);
        this.measured.push({ by: "meter", text: glucose, at: this.time.ms });
        return this.#cable("meter").measure({ glucose });
      }
      case "vitals": {
        const systolic = String(100 + this.measured.length);
        this.measured.push({ by: "monitor", text: systolic, at: this.time.ms });
        return this.#cable("monitor").measure({ NIBP_SYS: systolic, NIBP_DIA: "60", NIBP_MAP: "80" });
      }
      case "analyze": {
        const text = (4 + this.measured.length / 10).toFixed(1);
        const specimen = String(this.measured.length).padStart(3, "0");
        this.measured.push({ by: "analyzer", text, at: this.time.ms, specimen });
        return this.#cable("analyzer").measure({ specimen: `S${specimen}`, HbA1c: text });
      }
      case "plug":
        return this.#cable("meter").plug();
      case "unplug":
        return this.#cable("meter").unplug();
      case "mood":
        this.receiver.mood = given.mood;
        return;
      case "restart":
        return this.#restart();
      case "wait":
        return this.pass(given.ms);
      default:
        return given satisfies never;
    }
  }

  async #scan(barcode: string, who: string | undefined): Promise<void> {
    const heard = this.#cable("scanner").connected;
    this.#cable("scanner").measure({ barcode });
    await this.pass(1);
    if (heard) this.presence.push({ at: this.time.ms, who });
  }

  async #restart(): Promise<void> {
    this.deaths.push(this.time.ms);
    await this.#gateway?.crash();
    this.presence.push({ at: this.time.ms, who: undefined });
    await this.start();
  }

  /** All faults are over, the meter is read, and time passes until nothing is left to do. */
  async finish(): Promise<void> {
    this.receiver.mood = "well";
    this.#cable("meter").unplug();
    await this.pass(3000);
    this.#cable("meter").plug();
    await this.pass(240_000);
  }

  #cable(name: string): Cable {
    const cable = this.#cables.get(name);
    if (cable === undefined) throw new Error(`there is no ${name}`);
    return cable;
  }

  /** Whoever was in the room when it was measured, give or take a moment. */
  presentAt({ at, until = at }: Measured): ReadonlySet<string | undefined> {
    const last = this.presence.findLastIndex((one) => one.at < at - 2);
    const around = this.presence.filter((one, i) => i >= last && one.at <= until + 2);
    return new Set(around.map(({ who }) => who));
  }

  /** Whether one patient was there for all this time, scanned so lately that nothing can have run out. */
  stays(from: number, to: number): boolean {
    const last = this.presence.findLast(({ at }) => at < from);
    const changed = this.presence.some(({ at }) => at >= from && at <= to);
    return last?.who !== undefined && !changed && to - last.at < 290_000;
  }

  /** Whether nothing interrupted the line, and no other measurement of that instrument, in this time. */
  undisturbed(measurement: Measured, from: number, to: number): boolean {
    // It takes a second to open a port again, and a moment to write to the disk.
    if (this.deaths.some((at) => at >= from - 1100 && at <= to + 100)) return false;
    const others = this.measured.filter((one) => one !== measurement && one.by === measurement.by);
    return others.every(({ at }) => Math.abs(at - measurement.at) > to - from);
  }
}

/** The measurement that an observation is of, or was taken together with. */
function sourceOf(row: StoredObservation, all: readonly StoredObservation[], world: World): Measured | undefined {
  const lead = all.find(
    ({ observation: { group, code } }) => group === row.observation.group && leading[code.channel] !== undefined,
  );
  const { code, value } = lead?.observation ?? row.observation;
  return world.measured.find(
    ({ by, text }) => by === leading[code.channel] && value.kind === "quantity" && value.text === text,
  );
}

async function examine(world: World): Promise<void> {
  const stored = await world.journal.observations({ limit: 100_000 });
  const copies = new Map<Measured, StoredObservation[]>(world.measured.map((one) => [one, []]));
  for (const row of stored) {
    const source = sourceOf(row, stored, world);
    expect(source, `invented: ${JSON.stringify(row.observation)}`).toBeDefined();
    if (source !== undefined && leading[row.observation.code.channel] !== undefined) copies.get(source)?.push(row);
  }

  // The receiver holds each observation once, under whoever was there when it was measured.
  expect(world.receiver.lies).toEqual([]);
  const filedIds = world.receiver.filed.map(({ id }) => id);
  expect(new Set(filedIds).size).toBe(filedIds.length);
  for (const { id, whose } of world.receiver.filed) {
    const row = stored.find(({ observation }) => observation.id === id);
    const source = row === undefined ? undefined : sourceOf(row, stored, world);
    expect(source, "filed, but not stored").toBeDefined();
    if (source === undefined) continue;
    const right = source.specimen === undefined ? world.presentAt(source) : new Set([source.specimen]);
    expect([...right], `${JSON.stringify(source)} was filed under ${whose}`).toContain(whose);
  }

  // What is ready was taken, or refused in so many words; what is held was not sent.
  for (const { observation, deliveries } of stored) {
    const filed = filedIds.includes(observation.id);
    const states = deliveries.map(({ state }) => state);
    if (observation.standing.state === "held") expect([filed, states]).toEqual([false, []]);
    else if (filed) {
      // A receiver whose answer was lost may refuse the same message afterwards; a person sees that.
      expect([["delivered"], ["rejected"]]).toContainEqual(states);
    } else expect(states).toEqual(["rejected"]);
  }

  for (const [measurement, rows] of copies) {
    const what = JSON.stringify(measurement);
    const ready = rows.filter(({ observation }) => observation.standing.state === "ready");
    expect(ready.length, `sent more than once: ${what}`).toBeLessThanOrEqual(1);
    const { by, at } = measurement;
    switch (by) {
      case "analyzer":
        expect(rows.length, what).toBe(1);
        expect(ready.length, `not sent: ${what}`).toBe(1);
        break;
      case "meter":
        expect(rows.length, what).toBe(1);
        break;
      case "scale": {
        expect(rows.length, what).toBeLessThanOrEqual(1);
        if (world.undisturbed(measurement, at - settledMs, at + 2)) expect(rows.length, `lost: ${what}`).toBe(1);
        if (rows.length === 1 && world.stays(at - 2, at + 2)) expect(ready.length, `held: ${what}`).toBe(1);
        break;
      }
      case "monitor": {
        // Shown again after a restart, it is a copy that is held.
        if (!world.undisturbed(measurement, at, at + polledMs)) break;
        expect(rows.length, `lost: ${what}`).toBeGreaterThanOrEqual(1);
        if (world.stays(at - 3000, at + polledMs)) expect(ready.length, `held: ${what}`).toBe(1);
        break;
      }
      default:
        by satisfies never;
    }
  }
  const analyses = world.measured.filter(({ by }) => by === "analyzer").length;
  expect(world.safe.size).toBe(analyses);
}

test("whatever happens, every reading is delivered or visibly held, once in effect, under the patient scanned at its time", {
  timeout: 300_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(scripts, async (steps) => {
      const world = new World();
      try {
        await world.start();
        for (const one of steps) await world.take(one);
        await world.finish();
        await examine(world);
      } finally {
        await world.close();
      }
    }),
    { numRuns: runs, seed: 20261123 },
  );
});
