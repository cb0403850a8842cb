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
      fc.property(fc.integer({ min: -2045, max: 2045 }), fc.integer({ min: -8, max: 7 }), (mantissa, exponent) => {
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

  const named = (serial: string) => {
    const text = prefixed(Array.from(serial, (letter) => letter.charCodeAt(0)));
    return (invoke: number) =>
      data(invoke, 0x0203, [
        0,
        0,
        0,
        1,
        ...prefixed([9, 0x2d, ...prefixed([0, 1, ...prefixed([0, 1, 0, 0, ...text])])]),
      ]);
  };
  const unreadable = (invoke: number) => data(invoke, 0x0203, [0, 0, 0, 1, ...prefixed([9, 0x2d, 0, 9])]);

  it.each([
    ["does not say so in time", undefined],
    ["says so in a way that cannot be read", unreadable],
  ])("reports nothing of a device of which it is not known who it is, and releases it: it %s", (_, answer) => {
    const time = open("stored");
    time.give({ on: "data", bytes: standard });
    time.give({ on: "data", bytes: report });
    if (answer !== undefined) time.give({ on: "data", bytes: answer(1) });
    time.advance(60_000);
    expect(collect(time.steps)).toMatchObject({ findings: [], identities: [] });
    expect(written(time).endsWith("e40000020000")).toBe(true);

    // It kept the report, comes again, and says who it is: the one name of that result.
    for (const one of [bytes("e50000020000"), standard, named("SIM1")(2), report])
      time.give({ on: "data", bytes: one });
    const { findings, identities } = collect(time.steps);
    expect(findings).toHaveLength(4);
    expect(identities).toEqual([{ serial: "SIM1" }]);
    expect(written(time).endsWith(response)).toBe(true);
  });

  it("reports nothing of a device that begins anew before it has said who it is", () => {
    const time = open("stored");
    for (const one of [standard, report, bytes("e60000020000"), standard, named("SIM1")(2), report])
      time.give({ on: "data", bytes: one });
    const { findings, identities } = collect(time.steps);
    expect(findings).toHaveLength(4);
    expect(identities).toEqual([{ serial: "SIM1" }]);
    expect(written(time)).not.toContain("e40000020000");
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

describe("a meter that keeps its results", () => {
  const options = {
    specialization: "glucose-meter",
    store: "accu-chek",
    managerId: "1234567887654321",
    protocolVersion: "80000002",
  };
  const begin = (answer: "stored" | "refused" | "none" = "stored") => {
    const time = new VirtualTime(driver.session(driver.options.parse(options)), answer);
    time.give({ on: "open" });
    return time;
  };
  const tell = (time: VirtualTime, ...apdus: readonly (string | Uint8Array)[]) => {
    for (const one of apdus) time.give({ on: "data", bytes: typeof one === "string" ? bytes(one) : one });
  };
  const written = (time: VirtualTime) => hexOf(collect(time.steps).writes);

  const associates4000 = `${associates}40000001010000000000`;
  const store = [0, 61, 0, 2, 0, 1, ...prefixed([9, 0x51, 0, 2, 0, 1])];
  const configures = data(5, 0x0101, [
    ...[0, 0, 0, 0, 0, 0, 0x0d, 0x1c],
    ...prefixed([0x40, 0, 0, 1, ...prefixed(store)]),
  ]);
  const clock = [9, 0x87, 0, 8, 0x20, 0x24, 3, 1, 0x12, 0x34, 0x56, 0];
  const serial = [9, 0x2d, ...prefixed([0, 1, ...prefixed([0, 1, 0, 0, ...prefixed([0x34, 0x32])])])];
  const saysWho = data(1, 0x0203, [0, 0, 0, 2, ...prefixed([...clock, ...serial])]);
  const saysSegments = data(2, 0x0207, [0, 2, 0x0c, 0x0d, 0, 0]);
  const transfers = (result: number, invoke = 3) =>
    data(invoke, 0x0207, [0, 2, 0x0c, 0x1c, ...prefixed([0, 0, 0, result])]);
  const first = [associates4000, configures, saysWho, saysSegments] as const;
  // A published example: 105 mg/dL, then HI; the last piece.
  const piece =
    "e70000380036000701010030 0002ffffffff0d210026 00000000000000000002c0000018".replaceAll(" ", "") +
    "202403011230450000690000" +
    "202403011805000007fe0000";
  const confirms = "e700001e001c0007020100160002ffffffff0d21000c000000000000000000020080";
  const release = "e40000020000";

  it("is asked for them once it is known, and its data are confirmed once they are stored", () => {
    const time = begin();
    tell(time, ...first, transfers(0), piece);
    const { findings } = collect(time.steps);
    expect(findings.map(({ channel, value, deviceTime }) => [channel, value.text, deviceTime?.local])).toEqual([
      ["glucose", "105", "2024-03-01T12:30:45"],
      ["glucose", "+INF", "2024-03-01T18:05:00"],
    ]);
    expect(written(time).endsWith(confirms + release)).toBe(true);
    tell(time, "e50000020000");
    time.advance(3_600_000);
    expect(written(time).endsWith(confirms + release)).toBe(true);
  });

  it.each(["refused", "none"] as const)("hears nothing of data whose storing is %s", (answer) => {
    const time = begin(answer);
    tell(time, ...first, transfers(0), piece);
    time.advance(3_600_000);
    expect(collect(time.steps).findings).toHaveLength(2);
    expect(written(time)).not.toContain(confirms);
    expect(written(time)).not.toContain(release);
  });

  it("is asked again where it puts the transfer off, and released where it has nothing or refuses", () => {
    const asks = "0c1c00020000";
    const late = begin();
    tell(late, ...first, transfers(2));
    late.advance(1999);
    expect(written(late).split(asks)).toHaveLength(2);
    late.advance(2000);
    expect(written(late).split(asks)).toHaveLength(3);
    tell(late, transfers(0, 4), piece);
    expect(collect(late.steps).findings).toHaveLength(2);
    for (const result of [1, 3, 512 % 256]) {
      const time = begin();
      tell(time, ...first, transfers(result === 0 ? 9 : result));
      expect(written(time).endsWith(release)).toBe(true);
    }
  });

  it("that does not say who it is is asked for nothing, and data that were not asked for are not read", () => {
    const withoutSerial = data(1, 0x0203, [0, 0, 0, 1, ...prefixed(clock)]);
    for (const answers of [[], [withoutSerial]]) {
      const time = begin();
      tell(time, associates4000, configures, ...answers);
      time.advance(60_000);
      tell(time, piece);
      expect(written(time)).not.toContain("0c0d");
      expect(collect(time.steps).findings).toEqual([]);
      expect(written(time)).not.toContain(confirms);
    }
  });

  it("is never asked to set its clock or to clear its memory, whatever it says", () => {
    const said = fc.constantFrom(...first, transfers(0), transfers(2), piece, "e50000020000", "e60000020000", "e7");
    fc.assert(
      fc.property(fc.array(said, { maxLength: 12 }), fc.array(fc.uint8Array({ maxLength: 40 })), (apdus, noise) => {
        const time = begin();
        for (const [i, one] of apdus.entries()) tell(time, one, noise[i] ?? new Uint8Array());
        time.advance(60_000);
        for (const step of time.steps) {
          if (!("action" in step) || step.action.do !== "write") continue;
          const text = hexOf(step.action.bytes);
          // A confirmed action (0107) is one of two.
          if (text.slice(16, 20) === "0107") expect(["0c0d", "0c1c"]).toContain(text.slice(28, 32));
        }
      }),
    );
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
