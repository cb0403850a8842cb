import fc from "fast-check";
import { expect, test } from "vitest";
import { retryAfterMs } from "../../src/devices/backoff.ts";
import { driverIds, loadDriver } from "../../src/devices/drivers.ts";
import { NoiseWatch } from "../../src/devices/noise.ts";
import { lineSettings } from "../../src/devices/reader.ts";
import { skewOf } from "../../src/devices/skew.ts";
import { type ProblemCode, problems } from "../../src/model/problem.ts";
import type { DeviceTime } from "../../src/model/times.ts";
import { profileOf, siteOf } from "../kit/site.ts";

const codes = Object.keys(problems) as ProblemCode[];

test("every wait lies between one second and one minute, and only a changed configuration ends the trying", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...codes),
      fc.nat(10_000),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (code, n, random) => {
        const wait = retryAfterMs(code, n, random);
        if (code === "PROFILE_INVALID" || code === "LIBRARY_MISSING") expect(wait).toBeUndefined();
        else {
          expect(wait).toBeGreaterThanOrEqual(1000);
          expect(wait).toBeLessThanOrEqual(60_000);
        }
      },
    ),
  );
  expect(retryAfterMs("PORT_MISSING", 500, 0.9)).toBe(1000);
  expect(retryAfterMs("LINK_REFUSED", 20, 0)).toBeGreaterThanOrEqual(45_000);
});

const shown = (local: string, offset?: string): DeviceTime => ({
  text: `${local}${offset ?? ""}`,
  local,
  ...(offset !== undefined && { offset }),
});

test("the skew is the instrument's wall clock minus the host's in the instrument's zone", () => {
  const host = "2026-11-23T13:05:09.000Z";
  expect(skewOf(shown("2026-11-23T14:05:09"), host, "Europe/Zurich")).toBe(0);
  expect(skewOf(shown("2026-11-23T14:07:09"), host, "Europe/Zurich")).toBe(120_000);
  expect(skewOf(shown("2026-11-23T08:05:08"), host, "America/New_York")).toBe(-1000);
  expect(skewOf(shown("1999-01-01T00:00:00"), host, "Europe/Zurich")).toBeLessThan(-800_000_000_000);
  expect(skewOf(shown("2026-11-23T00:00:10"), "2026-11-22T23:00:00.000Z", "Europe/Zurich")).toBe(10_000);
  expect(skewOf(shown("2026-13-45T00:00:00"), host, "Europe/Zurich")).toBeUndefined();
});

test("an instrument that writes its offset is compared by that, whatever the zone", () => {
  const host = "2026-11-23T13:05:09.000Z";
  expect(skewOf(shown("2026-11-23T13:05:09", "+00:00"), host, "Asia/Tokyo")).toBe(0);
  expect(skewOf(shown("2026-11-23T08:06:09", "-05:00"), host, "Europe/Zurich")).toBe(60_000);
  expect(skewOf({ text: "as written", offset: "+00:00" }, host, "Asia/Tokyo")).toBeUndefined();
});

test("an instrument that missed the change to summer time is an hour behind", () => {
  expect(skewOf(shown("2026-07-01T13:00:00"), "2026-07-01T12:00:00.000Z", "Europe/Zurich")).toBe(-3_600_000);
});

test("a bad byte now and then is no noise, and most bytes not understood are", () => {
  const watch = new NoiseWatch();
  for (let i = 0; i < 100; i++) watch.count(20, i % 3 === 0 ? 20 : 0);
  expect(watch.noisy).toBe(false);
  for (let i = 0; i < 10; i++) watch.count(20, 15);
  expect(watch.noisy).toBe(true);
  for (let i = 0; i < 8; i++) watch.count(20, 0);
  expect(watch.noisy).toBe(false);
});

test("the site's line settings lie over the profile's, and what neither gives is the usual", () => {
  const profile = profileOf({ serial: { baudRate: 2400, parity: "even", dataBits: 7 } });
  const [device] = siteOf({ a: { serial: { path: "/dev/x", baudRate: 4800 } } }).devices;
  if (device === undefined) throw new Error("no device");
  expect(lineSettings(device, profile)).toEqual({
    baudRate: 4800,
    dataBits: 7,
    parity: "even",
    stopBits: 1,
    flowControl: "none",
    dtr: "high",
    rts: "high",
  });
});

test("every driver folder loads by its name, and nothing else does", async () => {
  for (const id of await driverIds()) expect((await loadDriver(id))?.id).toBe(id);
  expect(await loadDriver("no-such-driver")).toBeUndefined();
  expect(await loadDriver("../src/devices")).toBeUndefined();
});

test("a loaded driver answers a flood in sum", async () => {
  const bgstar = await loadDriver("bgstar");
  const session = bgstar?.session(bgstar.options.parse({}));
  session?.handle({ on: "open" });
  expect(session?.handle({ on: "data", bytes: new Uint8Array(65_536).fill(0x0d) }).length).toBeLessThan(100);
});
