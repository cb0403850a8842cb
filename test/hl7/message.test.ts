import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Message, parse } from "../../src/hl7/message.ts";
import type { Path } from "../../src/hl7/path.ts";
import { hostileText } from "./arbitraries.ts";
import * as known from "./messages.ts";

function read(text: string): Message {
  const parsed = parse(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.message;
}

describe("a message that was read", () => {
  it.each(Object.entries(known.examples))("is as text exactly what came in: %s", (_, text) => {
    for (const ends of ["\r", "\n", "\r\n"]) {
      for (const start of ["", "\uFEFF", "\r\n"]) {
        const given = start + text.replaceAll("\r", ends);
        expect(read(given).toString()).toBe(given);
        expect(read(given).normalised()).toBe(text);
      }
    }
  });

  it("is as text exactly what came in, whatever stood in it", () => {
    fc.assert(
      fc.property(fc.array(hostileText), (parts) => {
        const text = `MSH|^~\\&|${parts.join("|")}`;
        expect(read(text).toString()).toBe(text);
      }),
    );
  });

  it.each<[keyof typeof known.examples, Path, string | undefined]>([
    ["continuaBloodPressure", "MSH-1", "|"],
    ["continuaBloodPressure", "MSH-2", "^~\\&"],
    ["continuaBloodPressure", "MSH-3.2", "ACDE48234567ABCD"],
    ["continuaBloodPressure", "MSH-7", "20090713090030+0000"],
    ["continuaBloodPressure", "PID-5.3", "Joseph"],
    ["continuaBloodPressure", "OBX[5]-5", "80"],
    ["continuaBloodPressure", "OBX[3]-5", undefined],
    ["continuaBloodPressure", "OBX[9]-5", undefined],
    ["nistOximetry", "OBX-3.4", "149530"],
    ["nistOximetry", "OBX-20.2", "left ear structure"],
    ["simhospitalVitals", "PID-3[2].4", "NHSNBR"],
    ["simhospitalVitals", "PID-3[3].4", undefined],
    ["simhospitalVitals", "PID-22", "H"],
    ["labUcum", "PID-3[2]", "SSN"],
    ["labUcum", "OBX[3]-6.3", "UCUM"],
    ["mergeA39", "MRG-7.2", "Prior"],
    ["pcimWrongAssociation", "OBR-29.2", "15404852"],
    ["pdqResponse", "PID[2]-3.4.2", "2.16.840.1.113883.3.37.4.1.1.2.511.1"],
    ["pdqResponse", "PID[1]-5", "Müller"],
    ["mindrayHeader", "PID-3", undefined],
    ["mindrayHeader", "PID-3.4", "Hospital"],
  ])("gives the value at a path (%s %s)", (name, path, value) => {
    expect(read(known.examples[name] ?? "").get(path)).toBe(value);
  });

  it("tells an empty field from one to be deleted", () => {
    const message = read('MSH|^~\\&\rOBR|1||""\r');
    expect(message.get("OBR-2")).toBeUndefined();
    expect(message.get("OBR-3")).toBe('""');
  });

  it("keeps the empty fields that its sender left at the end", () => {
    expect(read("MSH|^~\\&\rPID|1|||\r").find("PID")?.length).toBe(4);
  });

  it("gives a whole field with its repetitions, components and subcomponents", () => {
    const tree = read("MSH|^~\\&\rPID|||1^^^A&B~2\\T\\\r").find("PID")?.tree(3);
    expect(tree).toEqual([[["1"], [""], [""], ["A", "B"]], [["2&"]]]);
  });

  it("reads segments with ends of any kind, mixed", () => {
    const message = read("MSH|^~\\&|A\nPID|1\r\nOBR|2\r\r\nOBX|3");
    expect(message.segments.map((s) => [s.id, s.terminator])).toEqual([
      ["MSH", "\n"],
      ["PID", "\r\n"],
      ["OBR", "\r\r\n"],
      ["OBX", ""],
    ]);
  });

  it("takes a line feed that no segment follows as part of the value", () => {
    const message = read("MSH|^~\\&\rNTE|1||first line\nsecond | line\rOBX|1\r");
    expect(message.get("NTE-3")).toBe("first line\nsecond ");
    expect(message.segments.map((s) => s.id)).toEqual(["MSH", "NTE", "OBX"]);
  });

  it("finds segments whose ids are written small", () => {
    expect(read("msh|^~\\&|A\rpid|1||7\r").get("PID-3")).toBe("7");
  });

  it.each<[string, string, Path, string | undefined]>([
    ["other characters", "MSH$%*?@$\rPID$1$$1%2@3*4$\r", "PID-3.2.2", "3"],
    ["other characters, their escapes", "MSH$%*?@\rPID$?F??S??R??T??E?\r", "PID-1", "$%*@?"],
    ["no escape character", "MSH|^~\rPID|\\F\\^b~c\r", "PID-1", "\\F\\"],
    ["no escape character, repetitions", "MSH|^~\rPID|a^b~c\r", "PID-1[2]", "c"],
    ["no subcomponents", "MSH|^~\\\rPID|a&b\r", "PID-1", "a&b"],
    ["a truncation character", "MSH|^~\\&#\rPID|a\\P\\b\r", "PID-1", "a#b"],
    ["a lost backslash", known.pcimWithoutBackslash, "PID-5.2", "D"],
  ])("is read by the delimiters it declares: %s", (_, text, path, value) => {
    expect(read(text).get(path)).toBe(value);
    expect(read(text).toString()).toBe(text);
  });

  it.each([
    ["", "no-header"],
    ["PID|1\r", "no-header"],
    ["<html>", "no-header"],
    ["MSH", "delimiters"],
    ["MSH|", "delimiters"],
    ["MSH||^~\\&", "delimiters"],
    ["MSH|^^\\&|", "delimiters"],
    ["MSH|^~\\||", undefined],
    ["MSH|^~\\&#!|", "delimiters"],
    ["MSHA^~\\&A", "delimiters"],
    ["MSH|ab|", "delimiters"],
  ])("is refused, with the reason, where it is none: %j", (text, problem) => {
    const parsed = parse(text);
    expect(parsed.ok ? undefined : parsed.problem).toBe(problem);
  });

  it("never throws, whatever the text", () => {
    fc.assert(
      fc.property(fc.constantFrom("", "MSH", "MSH|^~\\&"), hostileText, (start, rest) => {
        const parsed = parse(start + rest);
        if (parsed.ok) for (const s of parsed.message.segments) for (let i = 0; i <= s.length; i++) s.tree(i);
      }),
    );
  });

  it("refuses a path that is none", () => {
    for (const path of ["PID", "PID-0", "pid-3", "PID-3.0", "PID-3[0]", "PID-3.1.1.1"]) {
      expect(() => read(known.merge).get(path as Path)).toThrow(RangeError);
    }
  });
});
