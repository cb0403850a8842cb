import fc from "fast-check";
import HL7 from "hl7-standard";
import { describe, expect, it } from "vitest";
import { build, type Field, repeat, type SegmentContent, segment } from "../../src/hl7/build.ts";
import { standardDelimiters } from "../../src/hl7/delimiters.ts";
import { parse } from "../../src/hl7/message.ts";
import type { FieldTree, Segment } from "../../src/hl7/segment.ts";
import { anyDelimiters, anySegments, hostileText } from "./arbitraries.ts";
import { examples } from "./messages.ts";

function segmentsOf(text: string): readonly Segment[] {
  const parsed = parse(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.message.segments;
}

/** A field as a tree without the empty ends that are never written. */
function treeOf(field: Field): FieldTree {
  if (field === undefined) return [];
  const repetitions = typeof field === "string" || !("repetitions" in field) ? [field] : field.repetitions;
  return trimmed(
    repetitions.map((one) => {
      const components = typeof one === "string" ? [one] : one;
      return trimmed(components.map((c) => trimmed((typeof c === "object" ? c : [c]).map((s) => s ?? ""))));
    }),
  );
}

function trimmed<T extends string | readonly unknown[]>(parts: readonly T[]): readonly T[] {
  let end = parts.length;
  while (end > 0 && parts[end - 1]?.length === 0) end--;
  return parts.slice(0, end);
}

/** What was read, in the same form: an empty part is an empty list. */
function readTree(tree: FieldTree): FieldTree {
  return trimmed(tree.map((components) => trimmed(components.map((subs) => trimmed(subs)))));
}

describe("a message that was built", () => {
  it("is read back as what went in, with any delimiters and any values", () => {
    fc.assert(
      fc.property(anySegments, anyDelimiters, (segments, delimiters) => {
        const read = segmentsOf(build(segments, delimiters));
        expect(read.map((s) => s.id)).toEqual(segments.map((s) => s.id));
        read.forEach((got, i) => {
          const given = segments[i]?.fields ?? {};
          for (let n = got.id === "MSH" ? 3 : 1; n <= 12; n++) expect(readTree(got.tree(n))).toEqual(treeOf(given[n]));
          expect(got.length).toBeLessThanOrEqual(12);
        });
      }),
    );
  });

  it("gains no field, component or segment from any value", () => {
    fc.assert(
      fc.property(hostileText, (value) => {
        const text = build([segment("MSH", { 3: "A" }), segment("OBX", { 5: value, 6: ["kg", value], 11: "F" })]);
        expect(text.match(/\r/g)).toHaveLength(2);
        expect([...text.replaceAll("\r", "")].filter((c) => c < " " || c === "\u007f")).toEqual([]);
        const obx = text.split("\r")[1]?.split("|") ?? [];
        expect(obx).toHaveLength(12);
        expect(obx[5]).not.toMatch(/[\^~&]/);
        expect(obx[6]?.split("^").length).toBe(value === "" ? 1 : 2);
      }),
    );
  });

  it("writes the worst value known as one value", () => {
    const value = "5|F^x&y~z\\\rZZZ|1";
    const text = build([segment("MSH", {}), segment("OBX", { 5: value })]);
    expect(text).toBe("MSH|^~\\&\rOBX|||||5\\F\\F\\S\\x\\T\\y\\R\\z\\E\\\\X0D\\ZZZ\\F\\1\r");
    expect(segmentsOf(text)[1]?.get(5)).toBe(value);
  });

  it("does not turn a value of two quotes into a command to delete", () => {
    const text = build([segment("MSH", {}), segment("OBX", { 5: '""' })]);
    expect(text).not.toContain('""');
    expect(segmentsOf(text)[1]?.get(5)).toBe('""');
  });

  it("leaves empty ends out and keeps gaps", () => {
    const fields = { 2: "", 3: ["1", undefined, ["", "x", ""], ""], 5: repeat("", "b", ""), 9: [undefined, ""] };
    expect(build([segment("MSH", {}), segment("PID", fields)])).toBe("MSH|^~\\&\rPID|||1^^&x||~b\r");
  });

  it("refuses what no message can hold", () => {
    expect(() => build([segment("PID", {})])).toThrow(RangeError);
    expect(() => build([segment("MSH", { 2: "x" })])).toThrow(RangeError);
    expect(() => build([segment("MSH", {}), segment("PI|", {})])).toThrow(RangeError);
    expect(() => build([segment("MSH", {}), segment("PID", { 0: "x" })])).toThrow(RangeError);
  });

  it.each(Object.entries(examples))("says the same as the example that it was rebuilt from: %s", (_, text) => {
    const parsed = parse(text);
    if (!parsed.ok) throw new Error(parsed.problem);
    const rebuilt = build(parsed.message.segments.map(contentOf));
    const [got, given] = [segmentsOf(rebuilt), parsed.message.segments];
    expect(got.length).toBe(given.length);
    given.forEach((s, i) => {
      for (let n = 3; n <= s.length; n++) expect(readTree(got[i]?.tree(n) ?? [])).toEqual(readTree(s.tree(n)));
    });
  });
});

function contentOf(read: Segment): SegmentContent {
  const fields: Record<number, Field> = {};
  for (let n = read.id === "MSH" ? 3 : 1; n <= read.length; n++) fields[n] = repeat(...read.tree(n));
  return segment(read.id, fields);
}

describe("hl7-standard, as an independent reader", () => {
  // It decodes no escapes, takes subcomponents for text, and reads a field of `a&b` alone as something else.
  it("finds each value where it was put, escaped as one value", () => {
    const plain = hostileText.filter((text) => text !== "");
    fc.assert(
      fc.property(plain, plain, plain, (one, two, three) => {
        const fields = { 3: [one, two], 5: three, 6: repeat([one, two], [two, three]) };
        const text = build([segment("MSH", { 3: one, 4: "x" }), segment("OBX", fields)], standardDelimiters);
        const reader = new HL7(text, { lineEndings: "\r" });
        reader.transform();
        const obx = segmentsOf(text)[1];
        const raw = (n: number): string[] => (obx?.field(n) ?? "").split(/[\^~]/);
        expect(Object.keys(reader.transformed)).toEqual(["MSH", "OBX"]);
        expect(reader.get("MSH.3")).toBe(segmentsOf(text)[0]?.field(3));
        expect([reader.get("OBX.3.1"), reader.get("OBX.3.2")]).toEqual(raw(3));
        expect(reader.get("OBX.5")).toBe(obx?.field(5));
        expect([0, 1].flatMap((i) => ["OBX.6.1", "OBX.6.2"].map((f) => reader.get(f, 0, i)))).toEqual(raw(6));
        expect(segmentsOf(reader.build())[1]?.get(5)).toBe(three);
      }),
    );
  });
});
