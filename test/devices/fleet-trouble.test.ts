import { randomUUID } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hostTimers } from "../../src/devices/timers.ts";
import { profileOf, profilesOf, siteOf } from "../kit/site.ts";
import { until } from "../kit/until.ts";
import { bench, ends, plugIn, run, serial, stateOf } from "./bench.ts";

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
