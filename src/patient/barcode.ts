import type { BarcodeRule } from "../config/site.ts";
import type { PatientId } from "../model/patient.ts";
import { checkDigits } from "./check-digit.ts";
import { gs1Symbologies, gsrnOf, isGsrn } from "./gs1.ts";
import { compilePattern } from "./pattern.ts";

/** What a place's rules make of a code. */
export type Reading =
  | { readonly means: "patient"; readonly patient: PatientId }
  | { readonly means: "visit" | "staff" | "specimen"; readonly id: string }
  | { readonly means: "done" }
  | { readonly means: "nothing"; readonly reason: Rejection };

/** Why a code means nothing here, in the words of the rule that it came nearest to. */
export type Rejection =
  | "too-long"
  | "control-character"
  | "no-rule"
  | "symbology"
  | "gs1"
  | "prefix"
  | "length"
  | "pattern"
  | "check-digit";

/** A place's rules, made ready; see `barcodeReader`. */
export interface BarcodeReader {
  /** A code from a scanner. */
  scan(code: { readonly text: string; readonly symbology?: string }): Reading;
  /**
   * An identifier that an instrument reported: held to the rules of its kind, except for the symbology, which the
   * instrument does not tell.
   */
  reported(text: string, means: "patient" | "specimen"): Reading;
}

/** Assigning authority and type (HL7 table 0203) of identifiers whose rule names none. */
export interface Defaults {
  readonly authority: string;
  readonly type: string;
}

/** Longest code there is: a full QR code. */
const longestCode = 4296;
/** Longest identifier: bounds what patterns are tried on. */
const longestIdentifier = 64;

/** Control characters, C0 and C1. The separator of GS1 codes is one of them and allowed there alone. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\u0000-\u001f\u007f-\u009f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const controlButSeparator = /[\u0000-\u001c\u001e\u001f\u007f-\u009f]/;

interface Rule {
  readonly rule: BarcodeRule;
  readonly pattern: RegExp | undefined;
}

/**
 * Makes a place's rules ready. The first rule that fits wins, but staff rules come before all others, so that a badge
 * is never taken for a patient. A plain rule never fits a GS1 code unless it names that symbology. A rule whose
 * pattern is refused (see `compilePattern`) fits nothing.
 */
export function barcodeReader(rules: readonly BarcodeRule[], defaults: Defaults): BarcodeReader {
  const ready: readonly Rule[] = rules.flatMap((rule): Rule[] => {
    if (rule.pattern === undefined) return [{ rule, pattern: undefined }];
    const compiled = compilePattern(rule.pattern);
    return "mistake" in compiled ? [] : [{ rule, pattern: compiled.regexp }];
  });
  const ordered = [
    ...ready.filter(({ rule }) => rule.means === "staff"),
    ...ready.filter(({ rule }) => rule.means !== "staff"),
  ];

  const first = (candidates: readonly Rule[], tryRule: (rule: Rule) => Fit): Reading => {
    let nearest: Rejection = "no-rule";
    for (const candidate of candidates) {
      const fit = tryRule(candidate);
      if (fit.fits) return meaning(candidate.rule, fit.id, defaults);
      if (steps.indexOf(fit.reason) > steps.indexOf(nearest)) nearest = fit.reason;
    }
    return { means: "nothing", reason: nearest };
  };

  return {
    scan({ text, symbology }) {
      const gs1 = symbology !== undefined && gs1Symbologies.includes(symbology);
      if (text.length > longestCode) return { means: "nothing", reason: "too-long" };
      if ((gs1 ? controlButSeparator : control).test(text)) return { means: "nothing", reason: "control-character" };
      return first(ordered, (rule) => fitScan(rule, text, symbology));
    },
    reported(text, means) {
      if (text.length > longestIdentifier) return { means: "nothing", reason: "too-long" };
      if (control.test(text)) return { means: "nothing", reason: "control-character" };
      const staff = first(
        ordered.filter(({ rule }) => rule.means === "staff"),
        (rule) => fitReported(rule, text),
      );
      if (staff.means !== "nothing") return { means: "nothing", reason: "no-rule" };
      return first(
        ordered.filter(({ rule }) => rule.means === means),
        (rule) => fitReported(rule, text),
      );
    },
  };
}

type Fit = { readonly fits: true; readonly id: string } | { readonly fits: false; readonly reason: Rejection };

/** How far a code came: of several rules that refuse it, the one that refused it last says why. */
const steps: readonly Rejection[] = [
  "no-rule",
  "symbology",
  "prefix",
  "gs1",
  "too-long",
  "length",
  "pattern",
  "check-digit",
];

const refused = (reason: Rejection): Fit => ({ fits: false, reason });

function fitScan(rule: Rule, text: string, symbology: string | undefined): Fit {
  const { symbologies, gs1 } = rule.rule;
  const isGs1 = symbology !== undefined && gs1Symbologies.includes(symbology);
  if (symbologies !== undefined && (symbology === undefined || !symbologies.includes(symbology)))
    return refused("symbology");
  if (gs1 === undefined) {
    if (isGs1 && symbologies === undefined) return refused("symbology");
    const bare = rule.rule.codabarLetters === "remove" && symbology?.startsWith("]F") ? codabarData(text) : text;
    return bare === undefined ? refused("pattern") : fitIdentifier(rule, bare);
  }
  if (!isGs1) return refused("symbology");
  const key = gsrnOf(text, gs1);
  return key === undefined ? refused("gs1") : fitIdentifier(rule, key);
}

/**
 * A Codabar code without its start and stop letters, or as it is where the scanner sends none. Nothing where there is one
 * letter only, for the code is cut then, or where it holds what Codabar cannot.
 */
function codabarData(text: string): string | undefined {
  const match = /^([A-D]?)([0-9$+\-./:]+)([A-D]?)$/.exec(text);
  if (match === null) return undefined;
  const [, start, data, stop] = match;
  return (start === "") === (stop === "") ? data : undefined;
}

function fitReported(rule: Rule, text: string): Fit {
  return rule.rule.gs1 === undefined || isGsrn(text) ? fitIdentifier(rule, text) : refused("gs1");
}

function fitIdentifier({ rule, pattern }: Rule, text: string): Fit {
  const { prefix = "", length, check } = rule;
  if (!text.startsWith(prefix)) return refused("prefix");
  const id = text.slice(prefix.length);
  // A card that only says “done” needs no identifier behind its prefix.
  if (id === "" && rule.means !== "done") return refused("length");
  if (id.length > longestIdentifier) return refused("too-long");
  if (length !== undefined && (id.length < length[0] || id.length > length[1])) return refused("length");
  // Blanks at the ends are lost on many ways to a chart, and two identifiers would become one.
  if (id.trim() !== id || (pattern !== undefined && !pattern.test(id))) return refused("pattern");
  if (check !== undefined && !checkDigits[check](id)) return refused("check-digit");
  return { fits: true, id };
}

function meaning(rule: BarcodeRule, id: string, defaults: Defaults): Reading {
  switch (rule.means) {
    case "patient":
      return {
        means: "patient",
        patient: { id, authority: rule.authority ?? defaults.authority, type: rule.type ?? defaults.type },
      };
    case "visit":
    case "staff":
    case "specimen":
      return { means: rule.means, id };
    case "done":
      return { means: "done" };
    default:
      return rule.means satisfies never;
  }
}
