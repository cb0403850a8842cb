import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Site } from "../../src/config/site.ts";
import { hostTimers } from "../../src/devices/timers.ts";
import { profileOf, profilesOf, siteOf } from "../kit/site.ts";
import { until } from "../kit/until.ts";
import { bench, plugIn, run, serial, stateOf, toys } from "./bench.ts";

test("a reading goes upstream with all that stands behind it, and is acknowledged once it is stored", async () => {
  const instrument = await plugIn();
  const { fleet, upstream } = bench();
  let store: (answer: "stored") => void = () => {};
  upstream.answer = () => new Promise((resolve) => (store = resolve));
  await run(fleet, siteOf({ "scale-1": serial(instrument.path) }));
  await until(() => instrument.received() === "HELLO\n");
  instrument.write("IABC-7;2026-11-23T14:05:09\nV118\n");
  await until(() => upstream.reports.length === 1);
  expect(instrument.received()).toBe("HELLO\n");
  store("stored");
  await until(() => instrument.received() === "HELLO\nOK1\n");

  const [report] = upstream.reports;
  expect(report?.device).toEqual({
    device: "scale-1",
    place: "room-4",
    profile: "toy@7",
    driver: "toy@3",
    serial: "ABC-7",
  });
  expect(report?.findings[0]?.span).toEqual({ from: 27, to: 32 });
  expect(report?.skewMs).toBeTypeOf("number");
  expect(fleet.statuses()[0]).toMatchObject({ state: "talking", serial: "ABC-7", bytesIn: 32, bytesDiscarded: 0 });
});

test("a reading that is refused is not acknowledged, nor is one whose storing failed", async () => {
  const instrument = await plugIn();
  const { fleet, upstream } = bench();
  upstream.answer = (report) =>
    report.findings[0]?.value.text === "1" ? Promise.resolve("refused") : Promise.reject(new Error("a mistake"));
  await run(fleet, siteOf({ "scale-1": serial(instrument.path) }));
  instrument.write("V1\nV2\n");
  await until(() => instrument.received() === "HELLO\nNO1\nNO2\n");
});

test("a scan and an alarm reach their ends", async () => {
  const instrument = await plugIn();
  const { fleet, upstream } = bench();
  await run(fleet, siteOf({ "scanner-1": serial(instrument.path) }));
  instrument.write("SPAT-1\nW2000\n");
  await until(() => instrument.received() === "HELLO\nWOKE\n");
  expect(upstream.scans.map(({ scan, config }) => [config.id, scan?.text])).toEqual([["scanner-1", "PAT-1"]]);
});

test("a scanner's garbled scan is told in its turn, so that nobody stays the patient; a scale's noise is not", async () => {
  const [scanner, scale] = [await plugIn(), await plugIn()];
  const { fleet, upstream } = bench();
  const profiles = profilesOf(profileOf(), profileOf({ id: "toy-scanner", kind: "scanner" }));
  const devices = siteOf({
    "scale-1": serial(scale.path),
    "scanner-1": { link: serial(scanner.path), profile: "toy-scanner" },
  });
  await run(fleet, devices, profiles);
  await until(() => scale.received() === "HELLO\n" && scanner.received() === "HELLO\n");
  scale.write("garbled\nV1\n");
  await until(() => scale.received() === "HELLO\nOK1\n");
  scanner.write("SPAT-1\ngarbled\nSPAT-2\nV1\n");
  await until(() => scanner.received() === "HELLO\nOK1\n");
  expect(upstream.scans.map(({ scan, config }) => [config.id, scan?.text])).toEqual([
    ["scanner-1", "PAT-1"],
    ["scanner-1", undefined],
    ["scanner-1", "PAT-2"],
  ]);
});

test("applying another site touches only the devices that changed", async () => {
  const path = join(tmpdir(), `vitalwire-${randomUUID()}`);
  const [kept, changed, removed] = [await plugIn(path), await plugIn(), await plugIn()];
  const { fleet } = bench();
  const before = siteOf({ a: serial(kept.path), b: serial(changed.path), c: serial(removed.path) });
  await run(fleet, before);
  await until(() => [kept, changed, removed].every((instrument) => instrument.received() === "HELLO\n"));
  const after = siteOf({ a: serial(kept.path), b: { serial: { path: changed.path, baudRate: 19_200 } } });
  await fleet.apply(after, toys);
  await until(() => changed.received() === "HELLO\nHELLO\n");
  expect(kept.received()).toBe("HELLO\n");
  expect(fleet.statuses().map(({ device }) => device)).toEqual(["a", "b"]);

  // A device that stays is still found when its port has to be opened again.
  await kept.unplug();
  await plugIn(path);
  await until(() => stateOf(fleet, "a") === "ready");

  await fleet.apply(after, profilesOf(profileOf({ version: 8 })));
  await until(() => changed.received() === "HELLO\nHELLO\nHELLO\n");
});

test("a fleet that is stopped says farewell, lets go of its ports, and waits for what was reported", async () => {
  const instrument = await plugIn();
  const { fleet, upstream } = bench({ timers: hostTimers });
  const stores: ((answer: "stored") => void)[] = [];
  upstream.answer = () => new Promise((resolve) => stores.push(resolve));
  const profiles = profilesOf(profileOf({ options: { farewell: "BYE" } }));
  const site = siteOf({ "scale-1": serial(instrument.path) });
  await run(fleet, site, profiles);
  instrument.write("V1\nV2\n");
  await until(() => stores.length === 2);
  let stopped = false;
  const stopping = fleet.stop().then(() => {
    stopped = true;
  });
  const next = bench();
  await until(() => instrument.received().endsWith("BYE"));
  await run(next.fleet, site);
  await until(() => stateOf(next.fleet, "scale-1") === "ready");
  expect(stopped).toBe(false);
  for (const store of stores) store("stored");
  await stopping;
  expect(fleet.statuses()).toEqual([]);
});

test.each([
  ["an unknown driver", { driver: "none" }, "PROFILE_INVALID"],
  ["options that the driver does not have", { options: { farwell: "x" } }, "PROFILE_INVALID"],
  ["no line speed", { serial: undefined }, "PROFILE_INVALID"],
])("a profile with %s stops its device, and says why", async (_, over, code) => {
  const { fleet } = bench();
  await run(fleet, siteOf({ "scale-1": serial("/dev/null") }), profilesOf(profileOf(over)));
  await until(() => stateOf(fleet, "scale-1") === `stopped ${code}`);
  expect(fleet.statuses()[0]?.problem?.detail).toMatch(/toy|none/);
});

test("a burst of twenty thousand readings is read and acknowledged to the last", async () => {
  const instrument = await plugIn();
  const { fleet, upstream } = bench();
  await run(fleet, siteOf({ "scale-1": serial(instrument.path) }));
  instrument.write(Array.from({ length: 20_000 }, (_, i) => `V${i}\n`).join(""));
  await until(() => instrument.received().endsWith("OK20000\n"));
  expect(upstream.readings("scale-1")).toEqual(Array.from({ length: 20_000 }, (_, i) => String(i)));
  expect(fleet.statuses()[0]?.bytesDiscarded).toBe(0);
});

test("sixty-four devices at once are opened and read", async () => {
  const instruments = await Promise.all(Array.from({ length: 64 }, () => plugIn()));
  const { fleet, upstream } = bench();
  const site: Site = siteOf(Object.fromEntries(instruments.map(({ path }, i) => [`scale-${i}`, serial(path)])));
  await run(fleet, site);
  for (const [i, instrument] of instruments.entries()) instrument.write(`V${i}\n`);
  await until(() => upstream.reports.length === 64);
  for (let i = 0; i < 64; i++) expect(upstream.readings(`scale-${i}`)).toEqual([String(i)]);
});
