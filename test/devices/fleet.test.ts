import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { hostClock } from "../../src/clock.ts";
import type { Site } from "../../src/config/site.ts";
import { Fleet, type FleetParts } from "../../src/devices/fleet.ts";
import { hostTimers } from "../../src/devices/timers.ts";
import { parseCapture } from "../../src/driver-kit/capture.ts";
import { replay } from "../../src/driver-kit/replay.ts";
import { latin1 } from "../../src/driver-kit/text.ts";
import { FakeUpstream } from "../kit/fake-upstream.ts";
import { type PtyInstrument, ptyInstrument } from "../kit/pty.ts";
import { profileOf, profilesOf, siteOf } from "../kit/site.ts";
import { toyDriver } from "../kit/toy-driver.ts";
import { until } from "../kit/until.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

interface Bench {
  readonly fleet: Fleet;
  readonly upstream: FakeUpstream;
  readonly log: { readonly event: string; readonly fields: Record<string, unknown> }[];
}

/** A fleet whose waiting takes no time: a hundredth of the usual. */
function bench(over: Partial<FleetParts> = {}): Bench {
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

async function plugIn(path?: string): Promise<PtyInstrument> {
  const instrument = await ptyInstrument(path);
  ends.push(instrument.unplug);
  return instrument;
}

const serial = (path: string) => ({ serial: { path } });
const toys = profilesOf(profileOf());
const stateOf = (fleet: Fleet, id: string) => {
  const status = fleet.statuses().find(({ device }) => device === id);
  return status?.problem === undefined ? status?.state : `${status.state} ${status.problem.code}`;
};

/** Applies and waits until each device is open or known not to be: what is sent to a closed port is lost. */
async function run(fleet: Fleet, site: Site, profiles = toys): Promise<void> {
  await fleet.apply(site, profiles);
  await until(() => fleet.statuses().every(({ state }) => state !== "opening"));
}

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

test("a port that vanishes is opened again when it is back, with a new session and without the unfinished line", async () => {
  const path = join(tmpdir(), `vitalwire-${randomUUID()}`);
  const first = await plugIn(path);
  const { fleet, upstream } = bench();
  await run(fleet, siteOf({ "scale-1": serial(path) }));
  first.write("V1\nV9");
  await until(() => upstream.reports.length === 1);
  await first.unplug();
  await until(() => stateOf(fleet, "scale-1") === "waiting PORT_MISSING");

  // The link of the same name leads to another port now, as udev's do after plugging in again.
  const second = await plugIn(path);
  await until(() => second.received() === "HELLO\n");
  second.write("V2\n");
  await until(() => upstream.reports.length === 2);
  expect(upstream.readings("scale-1")).toEqual(["1", "2"]);
  expect(upstream.reports[1]?.session).not.toBe(upstream.reports[0]?.session);
  expect(upstream.reports[1]?.findings[0]?.span.from).toBe(0);
});

test("a port that is refused when it has just been plugged in is tried again after a second, however long it was missing", async () => {
  const path = join(tmpdir(), `vitalwire-${randomUUID()}`);
  const waits: { readonly state: string | undefined; readonly ms: number }[] = [];
  const { fleet } = bench({
    timers: {
      after: (ms, call) => {
        waits.push({ state: stateOf(fleet, "scale-1"), ms });
        return hostTimers.after(ms / 100, call);
      },
    },
  });
  await run(fleet, siteOf({ "scale-1": serial(path) }));
  await until(() => waits.filter(({ state }) => state === "waiting PORT_MISSING").length > 8);
  await writeFile(path, ""); // no serial port at all, and so refused
  ends.push(() => rm(path));
  await until(() => waits.some(({ state }) => state === "waiting PORT_SETTINGS"));
  expect(waits.find(({ state }) => state === "waiting PORT_SETTINGS")?.ms).toBe(1000);
});

test("a dead device does not stop the others, and a driver that throws stops only its own session", async () => {
  const [good, bad] = [await plugIn(), await plugIn()];
  const { fleet, upstream, log } = bench();
  const missing = serial("/dev/vitalwire-none");
  await run(fleet, siteOf({ good: serial(good.path), bad: serial(bad.path), missing }));
  bad.write("V1\n");
  await until(() => upstream.readings("bad").length === 1);
  bad.write("BOOM\nV2\n");
  await until(() => log.some(({ event }) => event === "device.fault"));
  good.write("V3\n");
  await until(() => upstream.readings("good").length === 1);
  await until(() => bad.received().split("HELLO").length === 3);
  bad.write("V4\n");
  await until(() => upstream.readings("bad").includes("4"));
  expect(upstream.readings("bad")).toEqual(["1", "4"]);
  expect(upstream.states("bad")).toContain("waiting DRIVER_FAILED");
  expect(stateOf(fleet, "missing")).toBe("waiting PORT_MISSING");
  expect(JSON.stringify(log)).not.toContain("CANARY");
});

test("reports under way when the port vanishes are still stored, and nobody is told", async () => {
  const path = join(tmpdir(), `vitalwire-${randomUUID()}`);
  const first = await plugIn(path);
  const { fleet, upstream } = bench();
  const stores: ((answer: "stored") => void)[] = [];
  upstream.answer = () => new Promise((resolve) => stores.push(resolve));
  await run(fleet, siteOf({ "scale-1": serial(path) }));
  first.write("V1\n");
  await until(() => stores.length === 1);
  await first.unplug();
  await until(() => stateOf(fleet, "scale-1") === "waiting PORT_MISSING");
  const second = await plugIn(path);
  await until(() => second.received() === "HELLO\n");
  stores[0]?.("stored");
  second.write("V2\n");
  await until(() => stores.length === 2);
  stores[1]?.("stored");
  await until(() => second.received() !== "HELLO\n");
  expect(second.received()).toBe("HELLO\nOK1\n");
});

test("another gateway on the same port is told PORT_BUSY, and gets the port once it is free", async () => {
  const instrument = await plugIn();
  const [one, two] = [bench(), bench()];
  const site = siteOf({ "scale-1": serial(instrument.path) });
  await run(one.fleet, site);
  await until(() => stateOf(one.fleet, "scale-1") === "ready");
  await run(two.fleet, site);
  await until(() => stateOf(two.fleet, "scale-1") === "waiting PORT_BUSY");
  instrument.write("V1\n");
  await until(() => one.upstream.reports.length === 1);
  expect(two.upstream.reports).toEqual([]);
  await one.fleet.stop();
  await until(() => stateOf(two.fleet, "scale-1") === "ready");
});

test("a wrong line speed is told as noise, gives no reading, and is forgotten when the line is good again", async () => {
  const instrument = await plugIn();
  const { fleet, upstream } = bench();
  await run(fleet, siteOf({ "scale-1": serial(instrument.path) }));
  instrument.write(Uint8Array.from({ length: 300 }, (_, i) => ((i * 89 + 7) % 256) | 0x80));
  await until(() => stateOf(fleet, "scale-1") === "talking DEVICE_NOISE");
  expect(upstream.reports).toEqual([]);
  expect(fleet.statuses()[0]?.bytesDiscarded).toBeGreaterThan(100);
  instrument.write("\n");
  instrument.write("V118\n".repeat(40));
  await until(() => stateOf(fleet, "scale-1") === "talking");
  expect(upstream.readings("scale-1")).toEqual(Array(40).fill("118"));
});

test("an instrument that falls silent is told, until it speaks", async () => {
  const instrument = await plugIn();
  const { fleet, upstream } = bench({ timers: hostTimers });
  const profiles = profilesOf(profileOf({ silenceAfter: "150ms" }));
  await run(fleet, siteOf({ "scale-1": serial(instrument.path) }), profiles);
  await until(() => stateOf(fleet, "scale-1") === "silent DEVICE_SILENT");
  instrument.write("V1\n");
  await until(() => upstream.states("scale-1").includes("talking"));
  await until(() => stateOf(fleet, "scale-1") === "silent DEVICE_SILENT");
  expect(upstream.states("scale-1")).toEqual(["ready", "silent DEVICE_SILENT", "talking", "silent DEVICE_SILENT"]);
});

test("a serial device server that restarts is connected again", async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => {});
    sockets.push(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ends.push(() => server.close());
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  const { fleet, upstream } = bench();
  await run(fleet, siteOf({ "scale-1": { tcp: { host: "127.0.0.1", port } } }));
  await until(() => sockets.length === 1);
  sockets[0]?.write("V1\n");
  await until(() => upstream.reports.length === 1);
  sockets[0]?.destroy();
  await until(() => sockets.length === 2);
  sockets[1]?.write("V2\n");
  await until(() => upstream.reports.length === 2);
  expect(upstream.states("scale-1")).toEqual(["ready", "talking", "waiting LINK_LOST", "ready", "talking"]);
  sockets[1]?.destroy();
});

test("two instruments call one listening port, and each one's second call replaces its first", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  await new Promise((resolve) => server.close(resolve));
  const listen = (from: string) => ({ listen: { address: "0.0.0.0", port, from } });
  const { fleet, upstream } = bench();
  await run(fleet, siteOf({ one: listen("127.0.0.1"), two: listen("127.0.0.2") }));
  await until(() => stateOf(fleet, "one") === "waiting" && stateOf(fleet, "two") === "waiting");
  const call = (localAddress: string, text: string) => {
    const socket = connect({ host: "127.0.0.1", port, localAddress });
    socket.on("error", () => {});
    socket.write(text);
    ends.push(() => socket.destroy());
  };
  call("127.0.0.2", "V2\n");
  call("127.0.0.1", "V1\n");
  await until(() => upstream.reports.length === 2);
  call("127.0.0.1", "V11\n");
  await until(() => upstream.reports.length === 3);
  expect(upstream.readings("one")).toEqual(["1", "11"]);
  expect(upstream.readings("two")).toEqual(["2"]);
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

test("what passes is recorded as a capture that replays to the same readings, for the service alone to read", async () => {
  const folder = await mkdtemp(join(tmpdir(), "vitalwire-rec-"));
  ends.push(() => rm(folder, { recursive: true, force: true }));
  const instrument = await plugIn();
  const { fleet, upstream } = bench({ recordings: folder });
  await run(fleet, siteOf({ "scale-1": serial(instrument.path) }));
  const seen: string[] = [];
  await until(() => stateOf(fleet, "scale-1") === "ready");
  fleet.tap("scale-1", (line) => seen.push(line));
  instrument.write("V118\nnoise\nV119\n");
  await until(() => upstream.reports.length === 2);
  await until(() => instrument.received().endsWith("OK2\n"));
  await fleet.stop();

  const [report] = upstream.reports;
  const [name, ...others] = await readdir(join(folder, "scale-1"));
  expect([name, others]).toEqual([`${report?.session}-0.jsonl`, []]);
  const path = join(folder, "scale-1", name ?? "");
  const parsed = parseCapture(await readFile(path, "utf8"));
  if (!parsed.ok) throw new Error(parsed.problem);
  expect(parsed.capture.head).toMatchObject({ profile: "toy", device: "scale-1", session: report?.session });
  const again = replay(toyDriver.session({ farewell: "" }), parsed.capture.lines);
  expect(again.findings).toEqual(upstream.reports.flatMap(({ findings }) => findings));
  const written = parsed.capture.lines.map((line) => ("out" in line ? latin1(line.out) : "")).join("");
  expect(written).toBe(latin1(again.writes));
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, "scale-1"))).mode & 0o777).toBe(0o700);
  expect(seen.filter((line) => line.includes('"in"')).join()).toContain("V118");
  expect(seen[0]).toContain('"capture":1');
});

test("a recording is played as a device, once", async () => {
  const folder = await mkdtemp(join(tmpdir(), "vitalwire-play-"));
  ends.push(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "raw.bin");
  await writeFile(path, "V1\nV2\n");
  const { fleet, upstream } = bench();
  await run(fleet, siteOf({ player: { file: { path } } }));
  await until(() => stateOf(fleet, "player") === "stopped");
  expect(upstream.readings("player")).toEqual(["1", "2"]);
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
