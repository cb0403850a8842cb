import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { driver } from "../../../drivers/hid-pos-scale/driver.ts";
import { decimal } from "../../../drivers/hid-pos-scale/report.ts";
import type { CaptureLine } from "../../../src/driver-kit/capture.ts";
import { replay } from "../../../src/driver-kit/replay.ts";

const zero = "03 02 03 FF 00 00";
const unstable = "03 03 03 FF D0 02";
const weight = (text: number) => `03 04 03 FF ${(text & 0xff).toString(16)} ${(text >> 8).toString(16)}`;

/** What is read from reports (hex) that come 200 ms apart; a number is a further pause in milliseconds. */
function weighed(options: object, ...reports: (string | number)[]) {
  let ms = 0;
  const lines: CaptureLine[] = [];
  for (const report of reports) {
    if (typeof report === "number") ms += report;
    else {
      lines.push({ ms, in: Uint8Array.from(report.split(" "), (each) => Number.parseInt(each, 16)) });
      ms += 200;
    }
  }
  lines.push({ ms, event: "end" });
  const { findings, discards, writes } = replay(driver.session(driver.options.parse(options)), lines);
  expect(writes).toHaveLength(0);
  return {
    read: findings.map(({ value, unit }) => [value.text, unit].join(" ").trimEnd()),
    why: discards.map(({ reason, detail }) => (detail === undefined ? reason : detail)),
  };
}

describe("a HID scale", () => {
  it("never gives the first report after opening, which is often of the previous weighing", () => {
    expect(weighed({}, weight(720), zero, 5000).read).toEqual([]);
    expect(weighed({}, weight(720), weight(815), weight(815)).read).toEqual(["81.5 kg"]);
    // An attribute report is not the one that is old.
    expect(weighed({}, "01 00", weight(720), zero, 5000).read).toEqual([]);
  });

  it("takes a stable weight once it came twice, or once nothing came after it", () => {
    expect(weighed({}, zero, weight(720), weight(720)).read).toEqual(["72.0 kg"]);
    expect(weighed({}, zero, weight(720), 800).read).toEqual(["72.0 kg"]);
    expect(weighed({}, zero, weight(720), 700).read).toEqual([]);
    expect(weighed({ confirmMs: 300 }, zero, weight(720), 100).read).toEqual(["72.0 kg"]);
    expect(weighed({}, zero, weight(717), unstable, weight(720), weight(720), 5000).read).toEqual(["72.0 kg"]);
    expect(weighed({}, zero, weight(717), weight(718), weight(719), zero, 5000).read).toEqual([]);
  });

  it("gives a load once, though it moves, and the same weight again after the load was gone", () => {
    const on = [weight(720), weight(720)];
    expect(weighed({}, zero, ...on, ...on, unstable, ...on).read).toEqual(["72.0 kg"]);
    for (const gone of [zero, "03 05 03 FF 00 00", "03 04 03 FF 00 00"])
      expect(weighed({}, zero, ...on, gone, ...on).read).toEqual(["72.0 kg", "72.0 kg"]);
    expect(weighed({}, zero, ...on, weight(815), weight(815), ...on).read).toEqual(["72.0 kg", "81.5 kg", "72.0 kg"]);
  });

  it("offers what could not be stored again as it was, and does not read it anew", () => {
    const session = driver.session(driver.options.parse({}));
    const give = (hex: string) =>
      session
        .handle({ on: "data", bytes: Uint8Array.from(hex.split(" "), (each) => Number.parseInt(each, 16)) })
        .filter((action) => action.do === "report")
        .flatMap(({ receipt, findings }) => findings.map(({ span }) => [receipt, span.from]));
    give(zero);
    give(weight(720));
    expect(give(weight(720))).toEqual([[1, 12]]);
    session.handle({ on: "refused", receipt: 1 });
    expect([give(weight(720)), give(weight(720)), give(zero)]).toEqual([[[2, 12]], [], []]);
  });

  it("never gives a value for any status but stable", () => {
    const statuses = ["01", "02", "03", "05", "06", "07", "08", "00", "09", "FF"];
    const reports = statuses.flatMap((status) => [`03 ${status} 03 FF D0 02`, `03 ${status} 03 FF D0 02`]);
    const { read, why } = weighed({}, zero, ...reports, 5000);
    expect(read).toEqual([]);
    expect(new Set(why)).toEqual(
      new Set([
        "the first report may be of the previous weighing",
        "the scale reports a fault",
        "zero",
        "in motion",
        "under zero",
        "over the weight limit",
        "the scale needs calibration",
        "the scale needs to be set to zero",
        "status 0",
        "status 9",
        "status 255",
      ]),
    );
  });

  it("gives units that a clinic weighs in as such, and others in words", () => {
    const inUnit = (code: number) => {
      const report = `03 04 ${code.toString(16)} 00 7B 00`;
      return weighed({}, zero, report, report).read[0];
    };
    expect([2, 3, 11, 12].map(inUnit)).toEqual(["123 g", "123 kg", "123 oz", "123 lb"]);
    expect([1, 4, 5, 6, 7, 8, 9, 10].map(inUnit)).toEqual([
      "123 mg",
      "123 carat",
      "123 tael",
      "123 grain",
      "123 dwt",
      "123 tonne",
      "123 short ton",
      "123 troy oz",
    ]);
    expect([0, 13, 255].map(inUnit)).toEqual([undefined, undefined, undefined]);
  });

  it("reads another report id where the scale uses one", () => {
    const report = "04 04 03 FF D0 02";
    expect(weighed({}, zero, report, report).read).toEqual([]);
    expect(weighed({ reportId: 4 }, "04 02 03 FF 00 00", report, report).read).toEqual(["72.0 kg"]);
  });
});

describe("a weight's text", () => {
  it("has the digits of the report with the point where the exponent says", () => {
    expect([decimal(958, -1), decimal(50, -1), decimal(5, -2), decimal(5, -1), decimal(2444, 0)]).toEqual([
      "95.8",
      "5.0",
      "0.05",
      "0.5",
      "2444",
    ]);
    expect(decimal(8, 1)).toBe("80");
  });

  it("is the number itself for every magnitude and exponent", () => {
    fc.assert(
      fc.property(fc.nat(0xffff), fc.integer({ min: -5, max: 5 }), (magnitude, exponent) => {
        const text = decimal(magnitude, exponent);
        expect(text).toMatch(/^\d+(\.\d+)?$/);
        expect(Number(text)).toBe(Number(`${magnitude}e${exponent}`));
      }),
    );
  });
});
