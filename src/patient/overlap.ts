import type { BarcodeRule } from "../config/site.ts";
import { gs1Symbologies } from "./gs1.ts";
import { compilePattern } from "./pattern.ts";
import { fitReported, type Rule } from "./rule-fit.ts";
import { samplesOf } from "./sample-codes.ts";

/** What two rules of one place have in common. */
export interface Overlap {
  /** A code that fits both. */
  readonly example: string;
  /** Whatever fits the second fits the first too, as far as can be told. */
  readonly whole: boolean;
  /** Whatever fits the first fits the second too, as far as can be told: the particular one before the general. */
  readonly particular: boolean;
}

/**
 * What the second of two rules shares with the first, which is tried before it. Undefined where nothing is found: two
 * rules may still overlap in codes that were not thought of.
 */
export function overlapOf(first: BarcodeRule, second: BarcodeRule): Overlap | undefined {
  if (first.gs1 !== second.gs1 || !shareSymbology(first, second)) return undefined;
  const [one, other] = [ready(first), ready(second)];
  if (one === undefined || other === undefined) return undefined;
  const [ones, others] = [codesOf(one), codesOf(other)];
  const example = others.codes.find((code) => fits(one, code)) ?? ones.codes.find((code) => fits(other, code));
  if (example === undefined) return undefined;
  return {
    example,
    whole: others.all && withinSymbologies(second, first) && others.codes.every((code) => fits(one, code)),
    particular: ones.all && withinSymbologies(first, second) && ones.codes.every((code) => fits(other, code)),
  };
}

const fits = (rule: Rule, code: string): boolean => fitReported(rule, code).fits;

function ready(rule: BarcodeRule): Rule | undefined {
  if (rule.pattern === undefined) return { rule, pattern: undefined };
  const compiled = compilePattern(rule.pattern);
  return "mistake" in compiled ? undefined : { rule, pattern: compiled.regexp };
}

interface Codes {
  readonly codes: readonly string[];
  /** Every kind of code that fits is among them. */
  readonly all: boolean;
}

/** Codes that fit a rule, its prefix before them; a wrong check digit is made right where that can be done. */
function codesOf(rule: Rule): Codes {
  const { prefix = "", check, gs1 } = rule.rule;
  const found = samplesOf(gs1 === undefined ? rule.rule : { pattern: "0{18}|950110153001000013" });
  if (found === undefined) return { codes: [], all: false };
  const ends = check === undefined ? [] : Array.from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*");
  const codes = found.texts.flatMap((text) => {
    const code = prefix + text;
    const ways = [code, ...ends.map((end) => code.slice(0, -1) + end)];
    return ways.find((way) => fits(rule, way)) ?? [];
  });
  return { codes, all: found.all && codes.length > 0 };
}

/** Without symbologies a rule takes all but those of GS1. */
function shareSymbology(a: BarcodeRule, b: BarcodeRule): boolean {
  const [some, others] = [a.symbologies ?? b.symbologies, b.symbologies];
  if (some === undefined || a.gs1 !== undefined) return true;
  if (a.symbologies === undefined || others === undefined) return some.some((each) => !gs1Symbologies.includes(each));
  return some.some((each) => others.includes(each));
}

function withinSymbologies(inner: BarcodeRule, outer: BarcodeRule): boolean {
  const { symbologies } = outer;
  if (symbologies === undefined) return true;
  return inner.symbologies?.every((each) => symbologies.includes(each)) ?? false;
}
