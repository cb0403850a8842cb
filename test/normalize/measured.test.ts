import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/driver-kit/contract.ts";
import { measuredTimes } from "../../src/normalize/measured.ts";
import { normalize } from "../../src/normalize/normalize.ts";
import { measuredWindow } from "../../src/normalize/window.ts";
import { arrival, circumstances, finding, profileOf } from "./circumstances.ts";

const profile = profileOf({ GLU: { unit: "mg/dL" } });
const minute = 60_000;
const hour = 60 * minute;

/** What becomes of a reading whose instrument wrote `local`, with its clock off by `skewMs`, arriving at `wall`. */
function measure(local: string | undefined, skewMs?: number, wall = "2026-11-23T14:00:00.000Z") {
  const deviceTime = { text: "as written", ...(local !== undefined && { local }) };
  const received = { ...arrival, wall };
  const { times, doubtful } = measuredTimes(
    finding("GLU", "105", { deviceTime }),
    circumstances(profile, { received, ...(skewMs !== undefined && { skewMs }) }),
  );
  return { measured: times.measured, source: times.source, doubtful, skewMs: times.skewMs, device: times.device };
}

describe("when a reading was measured", () => {
  it("is the moment of arrival where the instrument says nothing", () => {
    expect(measuredTimes(finding("GLU", "105"), circumstances(profile))).toEqual({
      times: { received: arrival, measured: arrival.wall, source: "arrival" },
      doubtful: false,
    });
  });

  it("is the instant that the instrument's own offset names, whatever the zone", () => {
    const written = (local: string, offset: string, skewMs?: number) => {
      const deviceTime = { text: `${local}${offset}`, local, offset };
      const told = circumstances(profile, { received: arrival, ...(skewMs !== undefined && { skewMs }) });
      const { times, doubtful } = measuredTimes(finding("GLU", "105", { deviceTime }), told);
      return { measured: times.measured, source: times.source, doubtful };
    };
    expect(written("2026-11-23T13:30:00", "+00:00")).toEqual({
      measured: "2026-11-23T13:30:00.000Z",
      source: "device",
      doubtful: false,
    });
    expect(written("2026-11-23T08:00", "-05:30").measured).toBe("2026-11-23T13:30:00.000Z");
    // Twice in the local zone, once with its offset.
    expect(written("2026-10-25T02:30:00", "+02:00")).toMatchObject({
      measured: "2026-10-25T00:30:00.000Z",
      doubtful: false,
    });
    expect(written("2026-11-23T13:30:00", "+00:00", 10 * minute)).toMatchObject({
      measured: "2026-11-23T13:20:00.000Z",
      source: "device-corrected",
    });
    // An hour is no forgotten change of the zone where the offset is written.
    expect(written("2026-11-23T13:30:00", "+00:00", hour)).toMatchObject({ doubtful: true });
    expect(written("2026-11-23T14:30:00", "+00:00")).toMatchObject({ doubtful: true });
  });

  it("is the age before arrival where the instrument counts it, whatever its clock", () => {
    const aged = finding("GLU", "105", { ageMs: 12_000, deviceTime: { text: "00:00" } });
    expect(measuredTimes(aged, circumstances(profile))).toMatchObject({
      times: { measured: "2026-11-23T13:59:48.000Z", source: "age" },
      doubtful: false,
    });
  });

  it("is the instrument's clock in its own zone, as it stands while that is right to two minutes", () => {
    expect(measure("2026-11-23T14:30:00", 90_000)).toEqual({
      measured: "2026-11-23T13:30:00.000Z",
      source: "device",
      doubtful: false,
      skewMs: 90_000,
      device: { text: "as written", local: "2026-11-23T14:30:00" },
    });
  });

  it("is mended by a skew of up to a quarter of an hour, which is kept", () => {
    expect(measure("2026-11-23T14:30:00", 12 * minute)).toMatchObject({
      measured: "2026-11-23T13:18:00.000Z",
      source: "device-corrected",
      doubtful: false,
      skewMs: 12 * minute,
    });
    expect(measure("2026-11-23T14:30:00", -12 * minute).measured).toBe("2026-11-23T13:42:00.000Z");
  });

  it("is in doubt beyond that", () => {
    expect(measure("2026-11-23T14:30:00", 16 * minute)).toMatchObject({ source: "device-corrected", doubtful: true });
  });

  it("is in doubt where the date is none, or is still to come", () => {
    expect(measure(undefined)).toMatchObject({ measured: arrival.wall, source: "arrival", doubtful: true });
    expect(measure("2026-02-30T10:00:00", 0)).toMatchObject({ source: "arrival", doubtful: true });
    expect(measure("2026-11-23T15:03:00", 0)).toMatchObject({ doubtful: true });
    expect(measure("2026-11-23T15:01:30", 0)).toMatchObject({ doubtful: false });
  });

  it("holds the reading as device-clock when in doubt", () => {
    const wire = finding("GLU", "105", { deviceTime: { text: "00/00/00" } });
    expect(normalize(wire, circumstances(profile)).standing).toEqual({ state: "held", reasons: ["device-clock"] });
  });
});

describe("around the change of daylight saving", () => {
  const afterSpring = "2026-04-02T10:00:00.000Z"; // Zurich went to +02:00 on 29 March
  const afterAutumn = "2026-11-01T10:00:00.000Z"; // and back to +01:00 on 25 October

  it("a clock that was not put forward is recognised and mended", () => {
    expect(measure("2026-04-02T10:30:00", -hour, afterSpring)).toMatchObject({
      measured: "2026-04-02T09:30:00.000Z",
      source: "device-corrected",
      doubtful: false,
      skewMs: -hour,
    });
  });

  it("and its readings from before the change are taken as they stand, for it was right then", () => {
    expect(measure("2026-03-20T10:30:00", -hour, afterSpring)).toMatchObject({
      measured: "2026-03-20T09:30:00.000Z",
      doubtful: false,
    });
  });

  it("and the hour that does not exist is no riddle on such a clock", () => {
    expect(measure("2026-03-29T02:30:00", -hour, afterSpring)).toMatchObject({
      measured: "2026-03-29T01:30:00.000Z",
      doubtful: false,
    });
  });

  it("a clock that was not put back is recognised and mended, with the rest of its skew", () => {
    expect(measure("2026-11-01T10:31:00", hour + minute, afterAutumn)).toMatchObject({
      measured: "2026-11-01T08:30:00.000Z",
      doubtful: false,
    });
  });

  it("an hour of the wrong sign, or far from a change, or of another size, is only a wrong clock", () => {
    expect(measure("2026-04-02T12:30:00", hour, afterSpring).doubtful).toBe(true);
    expect(measure("2026-07-10T09:00:00", -hour, "2026-07-10T10:00:00.000Z").doubtful).toBe(true);
    expect(measure("2026-04-02T10:30:00", -hour - 3 * minute, afterSpring).doubtful).toBe(true);
  });

  it("the repeated hour is in doubt, unless its second pass is still to come", () => {
    expect(measure("2026-10-25T02:30:00", 0, "2026-10-25T08:00:00.000Z").doubtful).toBe(true);
    expect(measure("2026-10-25T02:30:00", 0, "2026-10-25T00:31:00.000Z")).toMatchObject({
      measured: "2026-10-25T00:30:00.000Z",
      doubtful: false,
    });
  });

  it("the skipped hour is in doubt on a clock that is right", () => {
    expect(measure("2026-03-29T02:30:00", 0, "2026-03-29T08:00:00.000Z").doubtful).toBe(true);
  });
});

describe("the span in which a reading was measured, on the steady clock", () => {
  const now = arrival.monotonicMs;
  const span = (more: Partial<Finding>, skewMs?: number) =>
    measuredWindow(
      normalize(finding("GLU", "105", more), circumstances(profile, skewMs === undefined ? {} : { skewMs })),
    );

  it("is one moment where it arrived as it was measured", () => {
    expect(span({})).toEqual({ from: now, to: now });
  });

  it("is as wide as an age in whole seconds and the way of the answer leave it", () => {
    expect(span({ ageMs: 12_000 })).toEqual({ from: now - 14_000, to: now - 11_000 });
    expect(span({ ageMs: 0 })).toEqual({ from: now - 2000, to: now });
    expect(span({ ageMs: 0, ageStepMs: 60_000 })).toEqual({ from: now - 61_000, to: now });
  });

  it("uses the skew even where it is too small to mend what is sent", () => {
    const deviceTime = { text: "x", local: "2026-11-23T14:50:00" };
    expect(span({ deviceTime }, 100_000)).toEqual({
      from: now - 10 * minute - 100_000 - 2000,
      to: now - 10 * minute - 100_000 + 1000,
    });
  });

  it("is a minute wider each way where the clock shows no seconds, and never after arrival", () => {
    const deviceTime = { text: "x", local: "2026-11-23T15:00" };
    expect(span({ deviceTime }, 0)).toEqual({ from: now - 61_000, to: now });
  });

  it("begins no later than it may have arrived, where that is forgotten", () => {
    const reading = (more: Partial<Finding>) => normalize(finding("GLU", "105", more), circumstances(profile));
    expect(measuredWindow(reading({}), now - hour)).toEqual({ from: now - hour, to: now });
    expect(measuredWindow(reading({ ageMs: 12_000 }), now - hour)).toEqual({
      from: now - hour - 14_000,
      to: now - 11_000,
    });
  });

  it("is unknown by a clock that was never compared, or is in doubt", () => {
    expect(span({ deviceTime: { text: "x", local: "2026-11-23T14:50:00" } })).toBeUndefined();
    expect(span({ deviceTime: { text: "x", local: "2026-11-23T14:50:00" } }, 20 * minute)).toBeUndefined();
  });
});
