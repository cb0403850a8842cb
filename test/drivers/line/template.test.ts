import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { match } from "../../../drivers/line/match.ts";
import { compile, type Template } from "../../../drivers/line/template.ts";
import { weaknesses } from "../../../drivers/line/weakness.ts";

const units = ["kg", "g", "lb"];

function template(source: string): Template {
  const compiled = compile(source);
  if (!compiled.ok) throw new Error(`${source}: ${compiled.at} ${compiled.problem}`);
  return compiled.template;
}

/** What a line says, as `channel text unit`. */
function says(source: string, line: string): readonly string[] | undefined {
  return match(template(source), line, units)?.map(({ channel, text, unit = "-" }) => `${channel} ${text} ${unit}`);
}

describe("a template", () => {
  it.each([
    ["{weight}", 1, "no colon"],
    ["ST,{weight:number(9)", 4, "never closed"],
    ["ST,{weight:nubmer(9)}", 12, "a hole is"],
    ["ST,}", 4, "nothing is open"],
    ["{1st:number(9)}", 2, "a name is"],
    ["{:number(9)}", 3, "needs a name"],
    ["{weight:number(0)}", 9, "at least 1"],
    ["{weight:number(3,2)}", 9, "do not fit"],
    ["{state:word}", 2, "a word is a unit"],
    ["{unit:number(3)}", 7, "a unit is a word"],
    ["{:GS|}", 3, "one of several"],
    ["{:blanks}{weight:number(6)}", 10, "may itself begin with blanks"],
    ["{a:number}{b:number}", 11, "nothing says where it ends"],
    ["{a:number(3)}{a:number(3)}", 14, "twice"],
    ["{a:number(3)}{b.unit:word}", 14, "no channel"],
    ["[{a:number}]", 1, "only plain text"],
    ["€", 1, "no character"],
  ])("%s is wrong at character %i", (source, at, problem) => {
    const compiled = compile(source);
    expect(compiled).toMatchObject({ ok: false, at });
    expect(compiled.ok ? "" : compiled.problem).toContain(problem);
  });

  it("either compiles or says where not, for any text", () => {
    const piece = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      "a",
      ":",
      "number",
      "(9)",
      ",",
      "unit:word",
      "|",
      "blanks",
      ".unit",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const source = pieces.join("");
        const compiled = compile(source);
        if (!compiled.ok) {
          expect(compiled.at).toBeGreaterThanOrEqual(1);
          expect(compiled.at).toBeLessThanOrEqual(source.length + 1);
        }
      }),
    );
  });
});

describe("a line", () => {
  it("is read by a template that it fits wholly", () => {
    expect(says("ST,{weight:number(10)} {unit:word(3)}", "ST,+0004775.7   g")).toEqual(["weight +0004775.7 g"]);
    expect(says("ST,{weight:number(9)} {unit:word}", "ST,   72.50 kg")).toBeUndefined();
    expect(says("ST,{weight:number(9)} {unit:word}", "ST,    72.50 kg")).toEqual(["weight 72.50 kg"]);
    expect(says("ST,{weight:number(9)} {unit:word}", "ST,-   72.50 kg")).toEqual(["weight -72.50 kg"]);
  });

  it.each([
    "ST,    72.50 kgx",
    "xST,    72.50 kg",
    "ST,   72.50  kg",
    "ST,    72 50 kg",
    "ST,    72.5. kg",
    "ST,    7e.50 kg",
    "ST,         kg",
    "ST,    72.50 akg",
    "ST,    72.50 KG",
    "ST,    72.50 ",
    "ST,   +-2.50 kg",
  ])("%j says nothing", (line) => {
    expect(says("ST,{weight:number(9)} {unit:word}", line)).toBeUndefined();
  });

  it("never reads 72.50 as 72.0 after a lost byte", () => {
    const whole = "ST,    72.50 kg";
    for (let i = 0; i < whole.length; i++) {
      const read = says("ST,{weight:number(9)} {unit:word}", whole.slice(0, i) + whole.slice(i + 1));
      expect(read ?? ["weight 72.50 g"]).toEqual(["weight 72.50 g"]);
    }
  });

  it("may leave text out, choose, skip and pad where the template says so", () => {
    expect(says("S[ ]{:GS|NT},{:text(2)}{w:number(5,1)}{w.unit:word}", "SNT,a? 72.5kg")).toEqual(["w 72.5 kg"]);
    expect(says("S[ ]{:GS|NT},{:text(2)}{w:number(5,1)}{w.unit:word}", "S GS,a? 72.5kg")).toEqual(["w 72.5 kg"]);
    expect(says("S[ ]{:GS|NT},{:text(2)}{w:number(5,1)}{w.unit:word}", "S GS,a?72.50kg")).toBeUndefined();
    expect(says("W:{:blanks}{w:number}{:blanks}{unit:word}", "W:  72.5 lb")).toEqual(["w 72.5 lb"]);
    expect(says("{{{w:number}}}", "{7}")).toEqual(["w 7 -"]);
  });

  it("gives each channel its own unit, or all the same", () => {
    expect(says("{w:number(4)}{w.unit:word} {h:number(3)}{unit:word}", "72.5kg 180g")).toEqual([
      "w 72.5 kg",
      "h 180 g",
    ]);
    expect(says("{a:number(2)}/{b:number(2)} {unit:word}", "12/ 8 kg")).toEqual(["a 12 kg", "b 8 kg"]);
  });
});

describe("weaknesses", () => {
  const of = (sources: readonly string[], known = units) => weaknesses(sources.map(template), known);
  it("are none where every line has one length", () => {
    expect(of(["ST,{w:number(10)} {unit:word(3)}"])).toEqual({ faults: [], tails: false });
    expect(of(["{:GS|NT},{w:number(8,2)}kg"])).toEqual({ faults: [], tails: false });
  });
  it("are seen where a number's width is open", () => {
    expect(of(["{w:number} {unit:word}"])).toEqual({ faults: ["byte-lost", "byte-doubled"], tails: true });
    expect(of(["W {w:number}{unit:word}"])).toEqual({ faults: ["byte-lost", "byte-doubled"], tails: false });
  });
  it("are seen where one unit is another one less a letter", () => {
    expect(of(["ST,{w:number(9)} {unit:word}"]).faults).toEqual(["byte-lost"]);
    expect(of(["ST,{w:number(9)} {unit:word}"], ["kg", "lb"]).faults).toEqual([]);
  });
  it("are seen where one template is another one less a character", () => {
    expect(of(["S{w:number(6)}", "S{w:number(5)}"]).faults).toContain("byte-lost");
  });
});
