import { describe, expect, it } from "vitest";
import { findingOf as careSens } from "../../drivers/caresens/results.ts";
import { findingOf as expression, sumOf } from "../../drivers/glucocard-expression/results.ts";
import type { Driver, Finding } from "../../src/driver-kit/contract.ts";
import type { Simulation } from "../../src/driver-kit/instrument.ts";
import { collect } from "../../src/driver-kit/replay.ts";
import { talk } from "../kit/download.ts";

type Values = Readonly<Record<string, string>>;

/** What a meter with these results tells, all of the same minute. */
async function told(id: string, ...results: readonly Values[]): Promise<readonly Finding[]> {
  const { driver } = (await import(`../../drivers/${id}/driver.ts`)) as { driver: Driver };
  const { simulation } = (await import(`../../drivers/${id}/simulation.ts`)) as { simulation: Simulation };
  const options = { "onetouch-binary": { protocol: "verio-iq" }, "abbott-hid": { dialect: "neo" } }[id] ?? {};
  const meter = simulation.instrument(options);
  meter.handle({ on: "open" });
  for (const values of results) meter.handle({ on: "measure", values, at: "2026-11-23T14:00:00" });
  return collect(talk(driver, options, meter, 30_000).time.steps).findings;
}

const names = (findings: readonly Finding[]) => findings.map(({ identity }) => identity);

/** A mark that its user sets, and what makes the result one of control solution. */
const marks: readonly (readonly [id: string, mark: Values, control: Values | undefined])[] = [
  ["contour", { marks: "A/S" }, { marks: "C" }],
  ["bgstar", { meal: "1" }, undefined],
  ["arkray", { flags: "08" }, { flags: "04" }],
  ["taidoc-td42", { mark: "A" }, { mark: "control" }],
  ["glucomen-areo", { mark: "04" }, { mark: "01" }],
  ["onetouch-verio", { meal: "A" }, { control: "yes" }],
  ["onetouch-ultra2", { meal: "A", comment: "02" }, { control: "yes" }],
  ["true-metrix", { mark: "02" }, { mark: "04" }],
  ["abbott-hid", {}, { control: "yes" }],
];

describe.each(marks)("a result of %s", (id, mark, control) => {
  const glucose = id === "glucomen-areo" ? "5.8" : "98";

  it("is the same result when its user marks it after it was read", async () => {
    const [before, after] = [await told(id, { glucose }), await told(id, { glucose, ...mark })];
    expect(names(before)).toHaveLength(1);
    expect(names(after)).toEqual(names(before));
  });

  if (control !== undefined)
    it("is told as another when it becomes one of control solution, or is none any more", async () => {
      const [patient, tested] = [await told(id, { glucose }), await told(id, { glucose, ...control })];
      expect([...patient, ...tested].map(({ kind }) => kind)).toEqual(["patient", "control"]);
      expect(names(tested)).not.toEqual(names(patient));
    });
});

it.each(["contour", "glucomen-areo", "arkray"])(
  "two results of %s that differ by their mark alone are two",
  async (id) => {
    const [, mark = {}] = marks.find(([one]) => one === id) ?? [];
    const glucose = id === "glucomen-areo" ? "5.8" : "98";
    const found = await told(id, { glucose }, { glucose, ...mark });
    expect(new Set(names(found)).size).toBe(2);
  },
);

it("a CareSens result is named by its time, value and kind, whatever was noted of it", () => {
  const span = { from: 0, to: 9 };
  const name = (flags: number) => careSens(Uint8Array.of(26, 11, 23, 14, 0, 0, flags, 0, 98), "S", span).identity;
  expect([0x02, 0x10, 0x20, 0x80, 0xb2].map(name)).toEqual(Array(5).fill(name(0)));
  expect(new Set([0, 0x01, 0x04, 0x08, 0x40].map(name)).size).toBe(5);
});

it("a Glucocard Expression result is named by its time, value and kind, whatever its other bits are", () => {
  const at = { year: 26, isMilligrams: true, month: 11, day: 23, hour: 14, minute: 0, value: 98 };
  const name = (bits: number) => {
    const sum = sumOf({ ...at, isControl: (bits & 1) === 1 });
    const data = [0x80 | at.year, (at.month << 4) | bits, 0xd7, 0x01, at.value, 0, sum & 0xff, sum >> 8];
    return expression(Uint8Array.from(data), "S", { from: 0, to: 11 })?.identity;
  };
  expect(name(0)).toBeDefined();
  expect(name(0x0e)).toBe(name(0));
  expect(name(1)).not.toBe(name(0));
});
