import { describe, expect, it } from "vitest";
import { Bench, header } from "./bench.ts";

const order = "O|1|SID1||^^^Glu";
const geneXpert = { test: [5, 7], reportable: 5, value: "qualitative^quantitative" };

function read(options: Record<string, unknown>, ...records: readonly string[]) {
  const bench = new Bench(options);
  bench.send([header, "P|1|P3|P4|P5", ...records, "L|1|N"]);
  return bench.findings;
}

describe("a value of quality and quantity", () => {
  const result = (test: string, value: string) => `R|1|^HIV^^VL^${test}|${value}|copies/mL||||F`;
  const values = (value: string) =>
    read(geneXpert, order, result("Xpert HIV-1^1^HIV-1^", value)).map(({ channel, value: { text } }) => [
      channel,
      text,
    ]);

  it("is two results where both are there", () =>
    expect(values("DETECTED^1250")).toEqual([
      ["Xpert HIV-1^HIV-1", "DETECTED"],
      ["Xpert HIV-1^HIV-1 quantity", "1250"],
    ]));

  it("is one where one is there", () => {
    expect(values("NOT DETECTED^")).toEqual([["Xpert HIV-1^HIV-1", "NOT DETECTED"]]);
    expect(values("^1250")).toEqual([["Xpert HIV-1^HIV-1 quantity", "1250"]]);
  });

  it("is one that is absent where none is there", () =>
    expect(values("^")).toEqual([["Xpert HIV-1^HIV-1", undefined]]));

  it("tells two analytes of one test apart", () => {
    const found = read(geneXpert, order, result("CT_NG^1^CT^", "DETECTED^"), result("CT_NG^1^NG^", "NOT DETECTED^"));
    expect(found.map(({ channel }) => channel)).toEqual(["CT_NG^CT", "CT_NG^NG"]);
  });
});

it("records that only led to a result are read over, and a message of nothing else reports nothing", () => {
  expect(read(geneXpert, order, "R|1|^HIV^^VL^^^LTR^Ct|^31.5|||")).toEqual([]);
  const ended = new Bench({ ...geneXpert, end: "L" });
  ended.send([header, order, "R|1|^HIV^^VL^^^LTR^Ct|^31.5|||"]);
  expect(ended.findings).toEqual([]);
});

it("the patient's identifier is taken from where the options say", () => {
  const result = "R|1|^^^Glu|5.8|mmol/L||N||F";
  const patient = (field: string) => read({ patient: field }, order, result)[0]?.reported?.patient;
  expect(["P.3", "P.4", "P.5", "none"].map(patient)).toEqual(["P3", "P4", "P5", undefined]);
});

describe("control marks", () => {
  const result = "R|1|^^^PLT|308|10E3/uL||N||F";
  const kinds = (...records: readonly string[]) =>
    read({ controlMarks: ["CTRL", "CONTROL_FAILED"], end: "L" }, ...records).map(({ kind }) => kind);

  it("are found in the order, and in comments on it and on the result", () => {
    expect(kinds(order, result)).toEqual(["patient"]);
    expect(kinds("O|1|SID1||^^^DIF|||||||||||CTRL^^MEDIUM", result)).toEqual(["control"]);
    expect(kinds(order, "C|1|I|CONTROL_FAILED^^PLT|I", result)).toEqual(["control"]);
    expect(kinds(order, result, "C|1|I|CONTROL_FAILED^^PLT|I")).toEqual(["control"]);
  });

  it("of one order say nothing of the next", () =>
    expect(kinds(order, "C|1|I|CONTROL_FAILED|I", result, "O|2|SID2||^^^DIF", result)).toEqual(["control", "patient"]));
});

it("a message flag is the result only where there is no value", () => {
  const found = read({ messageFlags: ["A"] }, order, "R|1|^^^Anemia||||A||F", "R|2|^^^WBC|9.1|10*3/uL||A||F");
  expect(found.map(({ value }) => value)).toEqual([
    { kind: "text", text: "A" },
    { kind: "number", text: "9.1" },
  ]);
});
