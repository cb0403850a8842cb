import { describe, expect, it } from "vitest";
import { normalize } from "../../src/normalize/normalize.ts";
import { dayBefore } from "../../src/normalize/source-key.ts";
import { arrival, circumstances, finding, profileOf } from "./circumstances.ts";

const profile = profileOf({
  WEIGHT: {
    loinc: "29463-7",
    mdc: 188736,
    units: { kg: "kg", lb: "[lb_av]" },
    range: { kg: [0.2, 400], "[lb_av]": [0.4, 900] },
    decimals: { kg: [1, 2] },
  },
  PULSE: { loinc: "8867-4", display: "Pulse", unit: "/min", range: { "/min": [20, 300] } },
  GLU: {
    loincByUnit: { "mg/dL": "41653-7", "mmol/L": "14743-9" },
    units: { "mg/dL": "mg/dL", "mmol/L": "mmol/L" },
    range: { "mg/dL": [20, 600] },
  },
  NIT: { values: { NEGATIV: "Negative", POSITIV: "Positive" } },
  COLOUR: {},
});
const at = circumstances(profile);
const held = (...reasons: string[]) => ({ state: "held", reasons });

describe("a finding gets its meaning", () => {
  it("keeps the digits as written, with both units, codes and evidence", () => {
    expect(normalize(finding("WEIGHT", "72.50", { unit: "kg" }), at)).toEqual({
      id: "id-1",
      sourceKey: "id:id-1",
      code: { channel: "WEIGHT", loinc: "29463-7", mdc: 188736, display: "Body weight" },
      value: { kind: "quantity", text: "72.50", number: 72.5, unit: "kg", wireUnit: "kg" },
      group: "id-1",
      kind: "patient",
      times: { received: arrival, measured: arrival.wall, source: "arrival" },
      device: at.device,
      standing: { state: "ready" },
      evidence: { session: "s1", from: 7, to: 19 },
      status: "final",
      flags: [],
    });
  });

  it("takes the fixed unit of a channel whose wire carries none, and the profile's own name for it", () => {
    const { value, code } = normalize(finding("PULSE", "072"), at);
    expect(value).toEqual({ kind: "quantity", text: "72", number: 72, unit: "/min", wireUnit: "" });
    expect(code.display).toBe("Pulse");
  });

  it("chooses the code by the unit where mass and substance concentration have each their own", () => {
    expect(normalize(finding("GLU", "105", { unit: "mg/dL" }), at).code.loinc).toBe("41653-7");
    expect(normalize(finding("GLU", "5.8", { unit: "mmol/L" }), at).code.loinc).toBe("14743-9");
  });

  it("keeps LO and HI as bounds with the limit", () => {
    const low = normalize(finding("GLU", { kind: "number", text: "20", bound: "<" }, { unit: "mg/dL" }), at);
    expect(low.value).toMatchObject({ bound: "<", text: "20", number: 20 });
    expect(low.standing).toEqual({ state: "ready" });
  });

  it("translates words that the profile lists, and lets words pass where a channel lists and measures nothing", () => {
    expect(normalize(finding("NIT", { kind: "text", text: "NEGATIV" }), at).value).toEqual({
      kind: "text",
      text: "Negative",
    });
    expect(normalize(finding("COLOUR", { kind: "text", text: "HELL GELB" }), at).standing).toEqual({ state: "ready" });
  });

  it("keeps an absent value absent, with its reason and never a zero", () => {
    const value = { kind: "absent", reason: "failed", text: "---" } as const;
    expect(normalize(finding("PULSE", value), at)).toMatchObject({ value, standing: { state: "ready" } });
  });

  it("passes on what the instrument reported: identifiers, status, flags", () => {
    const more = { reported: { patient: "P1" }, status: "corrected", flags: ["H"] } as const;
    expect(normalize(finding("PULSE", "72", more), at)).toMatchObject(more);
  });
});

describe("what is not understood is held, with the instrument's own words and no unit claimed", () => {
  it.each([
    ["an unknown channel", finding("ZZ", "118", { unit: "mmHg" }), "unmapped-channel", "118 mmHg"],
    ["an inherited name for a channel", finding("constructor", "1"), "unmapped-channel", "1"],
    ["an unknown unit", finding("WEIGHT", "72.5", { unit: "st" }), "unmapped-unit", "72.5 st"],
    ["an inherited name for a unit", finding("WEIGHT", "72.5", { unit: "toString" }), "unmapped-unit", "72.5 toString"],
    ["a unit in the wrong case", finding("WEIGHT", "72.5", { unit: "KG" }), "unmapped-unit", "72.5 KG"],
    ["no unit where the wire should carry one", finding("WEIGHT", "72.5"), "unmapped-unit", "72.5"],
    ["a unit where the wire should carry none", finding("PULSE", "72", { unit: "bpm" }), "unmapped-unit", "72 bpm"],
    ["a number without any unit", finding("COLOUR", "5.0"), "unmapped-unit", "5.0"],
    ["an unknown word", finding("NIT", { kind: "text", text: "TRACE" }), "unmapped-value", "TRACE"],
    ["a word where a number is measured", finding("PULSE", { kind: "text", text: "ERR" }), "unmapped-value", "ERR"],
    ["digits that are no number", finding("PULSE", "7 2"), "unmapped-value", "7 2"],
    ["an exponent", finding("PULSE", "1e2"), "unmapped-value", "1e2"],
  ])("%s", (_, wire, reason, text) => {
    const { standing, value } = normalize(wire, at);
    expect(standing).toEqual(held(reason));
    expect(value).toEqual({ kind: "text", text });
  });

  it("keeps the bound in the words of a value whose unit is unknown", () => {
    const wire = finding("GLU", { kind: "number", text: "1.1", bound: "<" }, { unit: "mM" });
    expect(normalize(wire, at).value).toEqual({ kind: "text", text: "<1.1 mM" });
  });
});

describe("what cannot be so is held", () => {
  it.each([
    ["below the range of its unit", finding("WEIGHT", "0.1", { unit: "kg" })],
    ["above the range of its unit", finding("WEIGHT", "400.1", { unit: "kg" })],
    [
      "a bound whose limit is out of range",
      finding("GLU", { kind: "number", text: "6", bound: "<" }, { unit: "mg/dL" }),
    ],
    ["too few decimals", finding("WEIGHT", "72", { unit: "kg" })],
    ["too many decimals", finding("WEIGHT", "72.500", { unit: "kg" })],
  ])("%s", (_, wire) => {
    expect(normalize(wire, at)).toMatchObject({ standing: held("implausible"), value: { kind: "quantity" } });
  });

  it("takes the limits themselves as within", () => {
    for (const text of ["20", "300"]) expect(normalize(finding("PULSE", text), at).standing.state).toBe("ready");
  });
});

describe("the situation holds readings", () => {
  it("of a profile that rests on a manual alone, unless the site allows it", () => {
    const manual = profileOf({ PULSE: { unit: "/min" } }, { evidence: "manual" });
    expect(normalize(finding("PULSE", "72"), circumstances(manual)).standing).toEqual(held("unproven-profile"));
    expect(normalize(finding("PULSE", "72"), circumstances(manual, { allowUnproven: true })).standing.state).toBe(
      "ready",
    );
  });

  it("of control solution and demonstrations, always", () => {
    expect(normalize(finding("PULSE", "72", { kind: "control" }), at)).toMatchObject({
      kind: "control",
      standing: held("control"),
    });
    expect(normalize(finding("PULSE", "72", { kind: "demo" }), at).standing).toEqual(held("demo"));
  });

  it("that came while the host's clock was not set, where the site wants it so", () => {
    const received = { ...arrival, quality: "unsynchronised" } as const;
    expect(normalize(finding("PULSE", "72"), { ...at, received }).standing).toEqual(held("host-clock"));
    const clock = { ...at.clock, holdUnsynchronised: false };
    expect(normalize(finding("PULSE", "72"), { ...at, received, clock }).standing.state).toBe("ready");
  });

  it("for every reason there is, in the order of the closed list", () => {
    const wire = finding("WEIGHT", "999", { unit: "kg", kind: "control", deviceTime: { text: "?" } });
    expect(normalize(wire, at).standing).toEqual(held("implausible", "device-clock", "control"));
  });
});

describe("the source key", () => {
  const key = (more: Parameters<typeof finding>[2], device = {}, text = "105") =>
    normalize(finding("GLU", text, { unit: "mg/dL", identity: "2015-03-21T16:42:11", ...more }), {
      ...at,
      device: { ...at.device, serial: "GMF600DCY", ...device },
    }).sourceKey;

  it("is the same for the same result, on whatever port, under whatever version", () => {
    const first = key({});
    expect(key({}, { device: "scale-9", place: "room-2", driver: "line@3", profile: "other@1" })).toBe(first);
  });

  it("differs for another result, instrument, value or channel", () => {
    const keys = [
      key({}),
      key({ identity: "x" }),
      key({}, { serial: "S2" }),
      key({}, {}, "106"),
      key({ unit: "mmol/L" }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("names the configured device where the instrument gave no serial number, and never mistakes one for the other", () => {
    const device = { ...at.device, device: "GMF600DCY" };
    const wire = finding("GLU", "105", { unit: "mg/dL", identity: "2015-03-21T16:42:11" });
    expect(normalize(wire, { ...at, device }).sourceKey).not.toBe(key({}));
  });

  it("is of its day where nothing tells when it was measured, and only there", () => {
    const days = (more: Parameters<typeof finding>[2]) => dayBefore(key(more)) !== undefined;
    const deviceTime = { text: "20261123" };
    expect([days({}), days({ record: "7" }), days({ deviceTime })]).toEqual([true, false, false]);
    expect(days({ deviceTime, mayRecur: true })).toBe(true);
    const later = { ...at.received, wall: "2026-03-01T00:00:30.000Z" };
    const wire = finding("GLU", "105", { unit: "mg/dL", identity: "i" });
    const onDay = (wall: string) => normalize(wire, { ...at, received: { ...later, wall } }).sourceKey;
    expect(dayBefore(onDay("2026-03-01T00:00:30.000Z"))).toBe(onDay("2026-02-28T23:59:30.000Z"));
    expect(dayBefore("id:0192")).toBeUndefined();
  });

  it("is new each time for a finding without an identity", () => {
    expect(normalize(finding("PULSE", "72"), { ...at, id: "a" }).sourceKey).toBe("id:a");
  });
});
