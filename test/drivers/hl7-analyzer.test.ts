import { describe, expect, it } from "vitest";
import { driver } from "../../drivers/hl7-analyzer/driver.ts";
import { type Answer, collect, VirtualTime } from "../../src/driver-kit/replay.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";

const tests = { Glu: ["mmol/L"] };

function played(
  segments: readonly string[],
  options: Record<string, unknown> = { tests },
  answer: Answer | ((receipt: number) => Answer) = "stored",
) {
  const time = new VirtualTime(driver.session(driver.options.parse(options)), answer);
  time.give({ on: "open" });
  time.give({ on: "data", bytes: bytesOf(`\x0b${segments.map((segment) => `${segment}\r`).join("")}\x1c\r`) });
  const { findings, writes, discards } = collect(time.steps);
  return { findings, discards, answers: latin1(writes).match(/MSA\|[^\r]*/g) ?? [] };
}

const header = (type = "ORU^R01", modes = "") => `MSH|^~\\&|an1|lab|||20240101120000||${type}|42|P|2.5.1|||${modes}`;
const result = (value = "5.8", unit = "mmol/L", code = "Glu") => `OBX|1|NM|${code}||${value}|${unit}|||||F`;

describe("an analyzer is answered", () => {
  it("AA where its results are stored, AE where they are not, nothing before either", () => {
    expect(played([header(), "OBR|1", result()]).answers).toEqual(["MSA|AA|42"]);
    expect(played([header(), "OBR|1", result()], { tests }, "refused").answers).toEqual([
      "MSA|AE|42|not stored, send it again",
    ]);
    expect(played([header(), "OBR|1", result()], { tests }, "none").answers).toEqual([]);
  });

  it.each([
    ["NE|AL", ["MSA|AA|42"]],
    ["AL|NE", ["MSA|CA|42"]],
    ["AL|AL", ["MSA|CA|42", "MSA|AA|42"]],
    ["ER|SU", ["MSA|AA|42"]],
    ["NE|NE", []],
  ])("in enhanced mode %s as it asks", (modes, answers) =>
    expect(played([header("ORU^R01", modes), "OBR|1", result()]).answers).toEqual(answers),
  );

  it("AR where the message is of another type", () =>
    expect(played([header("QRY^Q02")]).answers).toEqual(["MSA|AR|42|not a message of results"]));

  it("not at all where nothing can be tied to the answer", () => {
    const { answers, findings } = played(["MSH|^~\\&|an1|lab|||2024||ORU^R01||P|2.5.1", "OBR|1", result()]);
    expect({ answers, findings }).toEqual({ answers: [], findings: [] });
  });

  it("AE where more messages wait than can be kept", () => {
    const time = new VirtualTime(driver.session(driver.options.parse({ tests })), "none");
    const bytes = bytesOf(`\x0b${header()}\rOBR|1\r${result()}\r\x1c\r`);
    for (let i = 0; i < 33; i++) time.give({ on: "data", bytes });
    expect(latin1(collect(time.steps).writes).match(/MSA\|AE/g)).toHaveLength(1);
  });
});

describe("a result that tells no time of its own", () => {
  it("is the same one when it is sent again with another time of sending, and may be another equal one", () => {
    const sent = (at: string) => played([`MSH|^~\\&|an1|lab|||${at}||ORU^R01|42|P|2.5.1`, "OBR|1", result()]).findings;
    const [first] = sent("20240101120000");
    const [again] = sent("20240101121500");
    expect(first?.identity).toBe(again?.identity);
    expect(first).toMatchObject({ mayRecur: true, deviceTime: { local: "2024-01-01T12:00:00" } });
  });
});

describe("a value", () => {
  const value = (type: string, written: string) => {
    const [found] = played([header(), "OBR|1", `OBX|1|${type}|Glu||${written}|mmol/L|||||F`]).findings;
    return found?.value;
  };

  it.each([
    ["NM", "5.8", "5.8", undefined],
    ["ST", "<5.8", "5.8", "<"],
    ["", "5.8", "5.8", undefined],
    ["SN", "^5.8", "5.8", undefined],
    ["SN", ">^5.8", "5.8", ">"],
  ])("is a number where %s says one: %s", (type, written, text, bound) => {
    expect(value(type, written)).toEqual({ kind: "number", text, ...(bound !== undefined && { bound }) });
  });

  it.each([
    ["ST", "5.8^6.2", "5.8^6.2"],
    ["NM", "5.8^6.2", "5.8^6.2"],
    ["NM", "^6.2", "^6.2"],
    ["NA", "5.8", "5.8"],
    ["DT", "20240101", "20240101"],
    ["TM", "1201", "1201"],
    ["SN", "^5^-^8", "^5^-^8"],
    ["SN", "^1^.^5", "^1^.^5"],
    ["SN", "^^-^5", "^^-^5"],
    ["SN", "-^5", "-^5"],
    ["SN", "^5&6", "^5&6"],
    ["CWE", "3^4.5", "4.5"],
    ["CE", "POS", "POS"],
    ["NM", "5~6", "5; 6"],
  ])("is no number but text where %s says %s", (type, written, text) => {
    expect(value(type, written)).toEqual({ kind: "text", text });
  });
});

describe("a standing", () => {
  it("that only the order has counts for its results, an absence too", () => {
    const [found] = played([header(), `OBR|1${"|".repeat(24)}X`, result().replace(/F$/, "")]).findings;
    expect(found?.value).toEqual({ kind: "absent", reason: "failed", text: "5.8" });
  });
});

describe("a time", () => {
  it("keeps the offset that it is written with", () => {
    const timed = (at: string) => played([header(), "OBR|1", `${result()}||||||||${at}`]).findings[0]?.deviceTime;
    expect(timed("20240101120000+0900")).toEqual({
      text: "20240101120000+0900",
      local: "2024-01-01T12:00:00",
      offset: "+09:00",
    });
    expect(timed("20240101120000")).toEqual({ text: "20240101120000", local: "2024-01-01T12:00:00" });
  });
});

describe("a specimen", () => {
  const specimens = (segments: readonly string[]) =>
    played(segments).findings.map(({ reported }) => reported?.specimen);

  it("is nobody's word where an order names several, or one stands before the first order of an ORU", () => {
    expect(specimens([header(), "OBR|1", result("5.1"), "SPM|1|T1", "SPM|2|T2"])).toEqual([undefined]);
    expect(specimens([header(), "SPM|1|T1", "OBR|1", result(), "SPM|2|T2", "OBR|2", result("6.1")])).toEqual([
      undefined,
      undefined,
    ]);
    const two = [header("OUL^R22"), 'SPM|1|""', "SAC|||TUBE1", "SAC|||TUBE2", "OBR|1", result()];
    expect(specimens(two)).toEqual([undefined]);
    expect(specimens([header("OUL^R22"), "SPM|1|S1", "SAC|||TUBE1", "SPM|2|S2", "OBR|1", result()])).toEqual([
      undefined,
    ]);
    const turns = ["SAC|||TUBE1", "OBR|1", result(), "SAC|||TUBE2", "OBR|2", result("6.1")];
    expect(specimens([header("OUL^R22"), 'SPM|1|""', ...turns])).toEqual(["TUBE1", "TUBE2"]);
  });

  it("is not that of a container where an order names several specimens", () => {
    const container = [
      header(),
      "PID|1||P1",
      "SPM|1|T1",
      "SAC|||C1",
      "OBR|1",
      result(),
      "SPM|2|T2",
      "OBR|2",
      result("6.1"),
    ];
    expect(specimens(container)).toEqual([undefined, undefined]);
    expect(specimens([header(), "OBR|1", result(), "SPM|1|T1", "SAC|||C1", "SPM|2|T2"])).toEqual([undefined]);
  });

  it("that stands between two orders of an ORU is of either, and so is its role", () => {
    const orders = (...between: readonly string[]) =>
      played([header(), "PID|1||P1", "ORC|RE", "OBR|1", result("5.1"), "ORC|RE", ...between, "OBR|2", result("6.1")]);
    for (const segment of ["SPM|1|T2", "SAC|||T2"]) {
      const { findings } = orders(segment, "ORC|RE", "OBR|3", result("7.1"), "SPM|3|T3");
      expect(findings.map(({ reported }) => reported?.specimen)).toEqual([undefined, undefined, undefined]);
      expect(orders(segment).findings.map(({ reported }) => reported?.specimen)).toEqual([undefined, undefined]);
    }
    expect(orders("SPM|1|QC1|||||||||Q").findings.map(({ kind }) => kind)).toEqual(["control", "control"]);
    const next = ["PID|2||P2", "ORC|RE", "OBR|1", result("8.1"), "SPM|1|T8"];
    expect(specimens([header(), "PID|1||P1", "SPM|1|T1", "OBR|1", result(), "SPM|2|T2", ...next])).toEqual([
      undefined,
      "T8",
    ]);
  });

  it("that stands where an OUL has none, or before a person, is nobody's, but a control stays one", () => {
    const oul = header("OUL^R22");
    const turned = ["OBR|1||OR1", result("5.1"), "SPM|1|S1"];
    const second = ["OBR|2||OR2", result("6.1"), "SPM|2|S2"];
    expect(specimens([oul, "PID|1||A", ...turned, ...second])).toEqual([undefined, undefined]);
    expect(specimens([oul, "PID|1||A", ...turned])).toEqual(["S1"]);
    expect(specimens([oul, "PID|1||A", ...turned, "PID|2||B", "SPM|1|S3", "OBR|1||OR3", result()])).toEqual([
      "S1",
      "S3",
    ]);
    for (const type of ["OUL^R22", "ORU^R01"]) {
      const { findings } = played([header(type), "SPM|1|QC1|||||||||Q", "PID|1||A", "OBR|1||OR1", result()]);
      expect(findings.map(({ kind, reported }) => [kind, reported?.specimen])).toEqual([["control", undefined]]);
      expect(specimens([header(type), "PID|1||A", "SPM|1|S1", "PID|2||B", "OBR|1||OR1", result()])).toEqual([
        undefined,
      ]);
    }
  });

  it("of which there are several is not looked for in the order, but one in several containers is that one", () => {
    expect(specimens([header(), "OBR|1||A", result(), "SPM|1|A", "SPM|2|B"])).toEqual([undefined]);
    expect(specimens([header("OUL^R22"), "SPM|1", "SAC|||C1", "SAC|||C2", "OBR|1||F", result()])).toEqual([undefined]);
    expect(specimens([header("OUL^R22"), "SPM|1|S1", "SAC|||C1", "SAC|||C2", "OBR|1||F", result()])).toEqual(["S1"]);
    expect(specimens([header(), "OBR|1||A", result()])).toEqual(["A"]);
  });

  it("is part of what a result is known by, also where there are several", () => {
    const of = (names: readonly string[]) =>
      played([header(), "OBR|1||||||20240101115900", result(), ...names.map((name) => `SPM|1|${name}`)]).findings[0];
    const identity = (...names: readonly string[]) => of(names)?.identity;
    expect(identity("T1", "T2")).not.toBe(identity("T3", "T4"));
    const many = Array.from({ length: 20 }, (_, i) => `T${i}`);
    expect(identity(...many)).not.toBe(identity(...many.slice(1)));
    expect(identity("T1", "T2")).toBe(identity("T1", "T2"));
    // More names than are kept: an equal result is never taken for this one.
    expect([of(many)?.mayRecur, of(many.slice(0, 8))?.mayRecur]).toEqual([true, undefined]);
  });

  it("in a container behind its order leaves the order what it is", () => {
    const lines = [header("OUL^R22"), "SPM|1|S1", "OBR|1||||||20240101115900||||||||||||||||||P", "SAC|||C1"];
    const { findings } = played([...lines, result().replace(/F$/, "")]);
    expect(findings).toMatchObject([{ status: "preliminary", group: "order 1", reported: { specimen: "S1" } }]);
  });

  it("of which one is a control makes none of the results a patient's", () => {
    const { findings } = played([header(), "OBR|1", result(), "SPM|1|T1", "SPM|2|QC1|||||||||Q"]);
    expect(findings.map(({ kind }) => kind)).toEqual(["control"]);
    const before = ["SPM|1|QC1|||||||||Q", "SPM|2|S2|||||||||P"];
    expect(played([header("OUL^R22"), ...before, "OBR|1", result()]).findings).toMatchObject([{ kind: "control" }]);
  });

  it("follows the results of its order in ORU, and comes before its orders in OUL", () => {
    const one = ["OBR|1", result("5.1"), "SPM|1|S1|||||||||P"];
    const two = ["OBR|2", result("5.2"), "SPM|1|S2|||||||||P"];
    expect(specimens([header("ORU^R01"), ...one, ...two])).toEqual(["S1", "S2"]);
    expect(specimens([header("OUL^R22"), "SPM|1|S1|||||||||P", "OBR|1", result("5.1"), ...one])).toEqual(["S1", "S1"]);
  });

  it("without an order of its own takes none from the specimen or the patient before", () => {
    const told = (...segments: readonly string[]) =>
      played([header("OUL^R22"), ...segments]).findings.map(({ group, reported }) => [reported?.specimen, group]);
    const first = ["SPM|1|S1|||||||||P", "OBR|1|A|B", result("5.1")];
    expect(told(...first, "SPM|2|S2|||||||||P", result("5.2"))).toEqual([
      ["S1", "order 1"],
      ["S2", undefined],
    ]);
    expect(told(...first, "PID|2||P2", result("5.2"))).toEqual([
      ["S1", "order 1"],
      [undefined, undefined],
    ]);
    expect(told(...first, "SPM|2|S2|||||||||P", result("5.2"), "OBR|2|C|D", result("5.3"))).toEqual([
      ["S1", "order 1"],
      ["S2", undefined],
      ["S2", "order 2"],
    ]);
  });

  it("of any role but a patient's is a control", () => {
    const kind = (role: string) =>
      played([header("OUL^R22"), `SPM|1|S1|||||||||${role}`, "OBR|1", result()]).findings.map((found) => found.kind);
    expect(["P", "Q", "U", "C", ""].map(kind)).toEqual([
      ["patient"],
      ["control"],
      ["control"],
      ["control"],
      ["patient"],
    ]);
  });
});

describe("a result", () => {
  const read = (...segments: readonly string[]) =>
    played([header(), "OBR|1", ...segments]).findings.map(({ channel, value, unit }) => ({ channel, value, unit }));

  it("of an unknown test keeps all that was said in one text", () =>
    expect(read(result("7.3", "g/L", "Xyz"))).toEqual([
      { channel: "other", value: { kind: "text", text: "Xyz: 7.3 g/L" }, unit: undefined },
    ]));

  it("in an unknown unit is text", () =>
    expect(read(result("104", "mg/dL"))).toEqual([
      { channel: "Glu", value: { kind: "text", text: "104 mg/dL" }, unit: undefined },
    ]));

  it.each(["", '""', "-----", "****"])("of %j is no number", (value) =>
    expect(read(result(value))[0]?.value.kind).toBe("absent"),
  );

  it("keeps the notes that follow it, also behind TCD and INV, and none of the next", () => {
    const notes = (...segments: readonly string[]) =>
      played([header(), "OBR|1", ...segments]).findings.map(({ flags }) => flags);
    expect(notes(result(), "TCD|Glu", "INV|1", "NTE|1||hemolyzed", result("5.9"), "NTE|1||icteric")).toEqual([
      ["hemolyzed"],
      ["icteric"],
    ]);
  });

  it("that has a date alone may recur, and one that has a moment may not", () => {
    const dated = (time: string) =>
      played([header(), "OBR|1", `${result()}|||${time}`]).findings.map(({ mayRecur }) => mayRecur);
    expect(dated("20240101")).toEqual([true]);
    expect(dated("20240101115900")).toEqual([undefined]);
  });

  it("sent twice in one message is two, and the message sent again brings the same two", () => {
    const twice = played([header(), "OBR|1", result(), result()]).findings.map(({ identity }) => identity);
    const again = played([header(), "OBR|1", result(), result()]).findings.map(({ identity }) => identity);
    expect(new Set(twice).size).toBe(2);
    expect(again).toEqual(twice);
  });
});
