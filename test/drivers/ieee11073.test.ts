import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { data, prefixed } from "../../drivers/ieee11073/apdu.ts";
import { Contact } from "../../drivers/ieee11073/contact.ts";
import { driver } from "../../drivers/ieee11073/driver.ts";
import { wireValue } from "../../drivers/ieee11073/numbers.ts";
import { simulation } from "../../drivers/ieee11073/simulation.ts";
import type { Finding } from "../../src/driver-kit/contract.ts";
import { collect, VirtualTime } from "../../src/driver-kit/replay.ts";

const bytes = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const hexOf = (all: Uint8Array) => Array.from(all, (byte) => byte.toString(16).padStart(2, "0")).join("");

const associates =
  "e200003280000000" + "0001002a5079002680000000" + "80008000000000000000" + "00800000" + "000800220922580803cc";
const standard = bytes(`${associates}02bc0001010000000000`);
const answersWho = data(1, 0x0300, [0, 1, 0, 0]);
const report = bytes(
  "e700003e003c0054010100360000004900500d1d002cf0000000000200240001001200030006007800500064" +
    "20071206121000000002000af2582007120612100000",
);
const response = "e700001200100054" + "0201000a0000" + "00490050" + "0d1d0000";

describe("a number of IEEE 11073", () => {
  it("is written with the digits of its mantissa and the point where the exponent puts it", () => {
    const read = (hex: string) => wireValue(bytes(hex)).text;
    expect(["0071", "f258", "f3cf", "1069", "efff", "e001"].map(read)).toEqual([
      "113",
      "60.0",
      "97.5",
      "1050",
      "-0.01",
      "0.01",
    ]);
    expect(["ff0002fa", "fe00000c", "0200000c", "00fffffb"].map(read)).toEqual(["76.2", "0.12", "1200", "-5"]);
  });

  it("is none where the value is special or zero, in either width", () => {
    const specials = ["07ff", "0800", "07fe", "0802", "0801", "0000", "f000"];
    const wide = ["007fffff", "00800000", "007ffffe", "00800002", "00800001", "00000000", "ff000000"];
    expect([...specials, ...wide].map((hex) => wireValue(bytes(hex)).kind)).toEqual(Array(14).fill("absent"));
  });

  it("equals mantissa times ten to the exponent", () => {
    fc.assert(
      fc.property(fc.integer({ min: -2046, max: 2045 }), fc.integer({ min: -8, max: 7 }), (mantissa, exponent) => {
        fc.pre(mantissa !== 0);
        const whole = ((exponent & 0xf) << 12) | (mantissa & 0xfff);
        const value = wireValue(Uint8Array.of(whole >> 8, whole & 0xff));
        expect(value.kind).toBe("number");
        expect(Number(value.text)).toBeCloseTo(mantissa * 10 ** exponent, 9);
      }),
    );
  });
});

describe("a session with an agent", () => {
  const open = (answer: "stored" | "refused" | "none") => {
    const time = new VirtualTime(driver.session(driver.options.parse({ specialization: "blood-pressure" })), answer);
    time.give({ on: "open" });
    return time;
  };
  const written = (time: VirtualTime) => hexOf(collect(time.steps).writes);

  it("answers a confirmed report once it is stored, with the invoke id, object and time of the report", () => {
    const time = open("stored");
    for (const one of [standard, answersWho, report]) time.give({ on: "data", bytes: one });
    expect(written(time).endsWith(response)).toBe(true);
  });

  it.each(["refused", "none"] as const)("does not answer a report whose storing is %s", (answer) => {
    const time = open(answer);
    for (const one of [standard, answersWho, report]) time.give({ on: "data", bytes: one });
    time.advance(600_000);
    expect(collect(time.steps).findings).toHaveLength(4);
    expect(written(time)).not.toContain(response);
  });

  it("does not answer into an association that began while the report was being stored", () => {
    const time = open("none");
    for (const one of [standard, answersWho, report, bytes("e60000020000"), standard])
      time.give({ on: "data", bytes: one });
    time.give({ on: "stored", receipt: 1 });
    time.advance(60_000);
    expect(written(time)).not.toContain(response);
    expect(written(time).match(/e300002c/g)).toHaveLength(2);
  });

  it("takes reports without knowing who the device is, if it does not say so in time", () => {
    const time = open("stored");
    time.give({ on: "data", bytes: standard });
    time.give({ on: "data", bytes: report });
    expect(collect(time.steps).findings).toEqual([]);
    time.advance(5000);
    const { findings, identities } = collect(time.steps);
    expect(findings).toHaveLength(4);
    expect(identities).toEqual([{ serial: "00220922580803cc" }]);
    expect(written(time).endsWith(response)).toBe(true);
  });

  it("takes several reports of one chunk, each answered before the next is reported", () => {
    const time = open("stored");
    const second = report.map((byte, i) => (i === 7 ? 0x55 : i === 42 ? 0x79 : byte));
    for (const one of [standard, answersWho]) time.give({ on: "data", bytes: one });
    time.give({ on: "data", bytes: Uint8Array.from([...report, ...second]) });
    time.advance(1000);
    expect(collect(time.steps).findings).toHaveLength(8);
    expect(written(time).endsWith(response + response.replace("0054", "0055"))).toBe(true);
  });

  it("reads nothing before an association, or with a configuration of another kind of device", () => {
    const time = open("stored");
    time.give({ on: "data", bytes: report });
    time.give({ on: "data", bytes: bytes(`${associates}01900001010000000000`) });
    time.give({ on: "data", bytes: report });
    time.advance(60_000);
    expect(collect(time.steps).findings).toEqual([]);
    expect(written(time)).not.toContain(response);
  });

  it("does not read a report whose lengths are other than configured", () => {
    const time = open("stored");
    for (const one of [standard, answersWho]) time.give({ on: "data", bytes: one });
    const entry = [0, 2, ...prefixed([0, 72])];
    const body = [0xf0, 0, 0, 0, 0, 1, ...prefixed(entry)];
    time.give({ on: "data", bytes: data(9, 0x0101, [0, 0, 0, 0, 0, 0, 0x0d, 0x1d, ...prefixed(body)]) });
    expect(collect(time.steps).findings).toEqual([]);
    expect(collect(time.steps).discards.map(({ reason }) => reason)).toEqual(["malformed"]);
  });
});

describe("an oximeter that reports without end", () => {
  const at = (seconds: number, text?: string): Finding => {
    const clock = `12:${String(10 + Math.floor(seconds / 60))}:${String(seconds % 60).padStart(2, "0")}`;
    const time = `2007-12-06T${clock}`;
    return {
      channel: "MDC_PULS_OXIM_SAT_O2",
      value: text === undefined ? { kind: "absent", reason: "not-measured" } : { kind: "number", text },
      kind: "patient",
      group: time,
      deviceTime: { text: time, local: time },
      span: { from: 0, to: 1 },
    };
  };
  const kept = (findings: readonly Finding[]) => {
    const contact = new Contact();
    return findings.filter((finding) => contact.readings([finding]).length > 0);
  };

  it("gives one reading of a contact, and another after a pause or after no value", () => {
    const [first, again, other] = [at(0, "98"), at(30, "96"), at(42, "91")];
    const stream = [first, at(1, "97"), at(9, "97"), again, at(39, "95"), at(40), at(41), other, at(43, "92")];
    expect(kept(stream)).toEqual([first, again, other]);
  });

  it("keeps what belongs to one time, though it comes in two reports", () => {
    const pulse = { ...at(0, "71"), channel: "MDC_PULS_OXIM_PULS_RATE" };
    expect(kept([at(0, "98"), pulse, at(1, "98")])).toEqual([at(0, "98"), pulse]);
  });

  it("keeps all that has no date, and older results out of a memory", () => {
    const undated = { ...at(0, "98"), deviceTime: { text: "0000000000000000" } };
    expect(kept([undated, undated, at(50, "97"), at(20, "96")])).toHaveLength(4);
  });
});

describe("simulated agents", () => {
  it.each([
    ["pulse-oximeter", { MDC_PULS_OXIM_SAT_O2: "97.5", MDC_PULS_OXIM_PULS_RATE: "71" }],
    ["weighing-scale", { MDC_MASS_BODY_ACTUAL: "76.2", MDC_LEN_BODY_ACTUAL: "171.0" }],
    ["glucose-meter", { MDC_CONC_GLU_CAPILLARY_WHOLEBLOOD: "105" }],
  ] as const)("of the kind %s are read, and hear that the measurement is safe", (specialization, values) => {
    const agent = simulation.instrument({ specialization });
    const time = new VirtualTime(driver.session(driver.options.parse({ specialization })), "stored");
    time.give({ on: "open" });
    agent.handle({ on: "measure", values, at: "2026-11-23T14:00:00" });
    const safe: number[] = [];
    const waiting = [...agent.handle({ on: "open" })];
    for (let action = waiting.shift(); action !== undefined; action = waiting.shift()) {
      if (action.do === "safe") safe.push(action.n);
      if (action.do !== "write") continue;
      for (const answer of time.give({ on: "data", bytes: action.bytes }))
        if (answer.do === "write") waiting.push(...agent.handle({ on: "data", bytes: answer.bytes }));
    }
    const { findings } = collect(time.steps);
    expect(Object.fromEntries(findings.map(({ channel, value }) => [channel, value.text]))).toEqual(values);
    expect(safe).toEqual([1]);
  });
});
