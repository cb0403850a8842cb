import { describe, expect, it } from "vitest";
import type { Held } from "../../scripts/programs/demo/clinic.ts";
import { compare, expected, missing } from "../../scripts/programs/demo/visit.ts";
import type { Observation } from "../../src/model/observation.ts";

const received: readonly Held[] = expected.flatMap((one) => [
  { ...one, over: "HL7" },
  { ...one, over: "MQTT" },
]);
const pulse = "8889-8";
const glucose = "41653-7";

function readings(codes: readonly string[]): readonly Pick<Observation, "code" | "value">[] {
  return codes.map((loinc) => {
    const { value, unit } = expected.find(({ code }) => code === loinc) ?? { value: "1", unit: "1" };
    return {
      code: { loinc, channel: loinc, display: loinc },
      value: { kind: "quantity", text: value, number: Number(value), unit, wireUnit: unit },
    };
  });
}

describe("the demo's comparison", () => {
  it("is content where everything came once over each way", () => {
    expect(compare(received).filter(({ ok }) => !ok)).toEqual([]);
    expect(compare(received)).toHaveLength(expected.length);
  });

  it("tells what came twice from what is missing and from what nobody measured", () => {
    const twice = received.filter(({ code, over }) => code === pulse && over === "MQTT");
    const stranger: Held = { over: "HL7", whose: "nobody", code: pulse, value: "72", unit: "/min" };
    const got = [...received.filter(({ code }) => code !== glucose), ...twice, stranger];
    const wrong = compare(got).filter(({ ok }) => !ok);
    expect(wrong.map(({ code, hl7, mqtt, verdict }) => [code, hl7, mqtt, verdict])).toEqual([
      [pulse, 1, 2, "TWICE OR MORE"],
      [glucose, 0, 0, "MISSING"],
      [pulse, 1, 0, "NOT MEASURED"],
    ]);
  });
});

describe("the demo's wait", () => {
  const codes = expected.map(({ code }) => code);

  it("ends once everything is stored", () => expect(missing(expected, readings(codes))).toEqual([]));

  it("takes no reading that is stored twice for another one", () => {
    const doubled = codes.map((code) => (code === glucose ? pulse : code));
    expect(missing(expected, readings(doubled)).map(({ code }) => code)).toEqual([glucose]);
  });

  it("takes no other value for the one that was measured", () => {
    const [first, ...rest] = readings(codes);
    const other = first && { ...first, value: { kind: "text", text: "81.3" } as const };
    expect(missing(expected, other ? [other, ...rest] : rest).map(({ code }) => code)).toEqual([codes[0]]);
  });
});
