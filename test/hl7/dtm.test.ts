import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDtm, parseDtm } from "../../src/hl7/dtm.ts";

describe("times", () => {
  it.each([
    ["2026", { local: "2026", precision: "year" }],
    ["202611", { local: "2026-11", precision: "month" }],
    ["20261123", { local: "2026-11-23", precision: "day" }],
    ["2026112314", { local: "2026-11-23T14", precision: "hour" }],
    ["202611231405", { local: "2026-11-23T14:05", precision: "minute" }],
    ["20260912120000.0000+0530", { local: "2026-09-12T12:00:00.0000", precision: "fraction", offset: "+05:30" }],
    ["20260912120000-0500", { local: "2026-09-12T12:00:00", precision: "second", offset: "-05:00" }],
    ["20240229", { local: "2024-02-29", precision: "day" }],
    ["2025-01-15T14:30:00", { local: "2025-01-15T14:30:00", precision: "second" }],
    ["2025-01-15T14:30:00Z", { local: "2025-01-15T14:30:00", precision: "second", offset: "+00:00" }],
    ["2026-01-01 12:00", { local: "2026-01-01T12:00", precision: "minute" }],
  ])("are read with their precision and offset: %s", (text, dtm) => {
    expect(parseDtm(text)).toEqual(dtm);
  });

  it.each(["", "today", "20261", "20261301", "20260230", "20250229", "2026112324", "20261123140561", "20261123+9900"])(
    "that are none are not read: %j",
    (text) => expect(parseDtm(text)).toBeUndefined(),
  );

  it.each([
    ["2026-11-23T14:05:09.987+01:00", "second", "20261123140509+0100"],
    ["2026-11-23T14:05:09.987Z", "millisecond", "20261123140509.987+0000"],
    ["2026-11-23T14:05:09.9-05:30", "millisecond", "20261123140509.900-0530"],
    ["2026-11-23T14:05:09Z", "millisecond", "20261123140509+0000"],
  ] as const)("are written cut, never rounded, with their offset: %s", (time, to, dtm) => {
    expect(formatDtm(time, to)).toBe(dtm);
  });

  it("are read back as they were written", () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }), (date) => {
        const dtm = parseDtm(formatDtm(date.toISOString(), "millisecond"));
        expect(dtm).toEqual({ local: date.toISOString().slice(0, -1), precision: "fraction", offset: "+00:00" });
      }),
    );
  });

  it("that are not ISO 8601 are refused", () => expect(() => formatDtm("20261123")).toThrow(RangeError));
});
