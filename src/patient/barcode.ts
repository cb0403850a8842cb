import type { BarcodeRule } from "../config/site.ts";
import type { PatientId } from "../model/patient.ts";
import { gs1Symbologies } from "./gs1.ts";
import { compilePattern } from "./pattern.ts";
import {
  type Fit,
  fitBare,
  fitReported,
  fitScan,
  hasShape,
  longestIdentifier,
  type Rejection,
  type Rule,
  steps,
} from "./rule-fit.ts";

/** What a place's rules make of a code. */
export type Reading =
  | { readonly means: "patient"; readonly patient: PatientId }
  | { readonly means: "visit" | "staff" | "specimen"; readonly id: string }
  | { readonly means: "done" }
  | { readonly means: "nothing"; readonly reason: Rejection };

/** What a place's rules make of an identifier that a person typed. */
export type TypedReading =
  | Extract<Reading, { means: "patient" }>
  | { readonly means: "specimen"; readonly id: string }
  | { readonly means: "nothing"; readonly reason: TypedRejection };

/** Also: it could be more than one identifier; or as a scanned code it would be something else, such as a badge. */
export type TypedRejection = Rejection | "ambiguous" | "other-kind";

/** A place's rules, made ready; see `barcodeReader`. */
export interface BarcodeReader {
  /** A code from a scanner. */
  scan(code: { readonly text: string; readonly symbology?: string }): Reading;
  /**
   * An identifier that an instrument reported: held to the rules of its kind, except for the symbology, which the
   * instrument does not tell.
   */
  reported(text: string, means: "patient" | "specimen"): Reading;
  /**
   * An identifier that a person typed, with or without the prefix of its barcode: whom a scan would name, by the rules
   * of its kind (and of the issuer, where one is given). What could be two different identifiers is neither.
   */
  typed(text: string, means: "patient" | "specimen", issuer?: Partial<Defaults>): TypedReading;
}

/** Assigning authority and type (HL7 table 0203) of identifiers whose rule names none. */
export interface Defaults {
  readonly authority: string;
  readonly type: string;
}

/** Longest code there is: a full QR code. */
const longestCode = 4296;

/** Control characters, C0 and C1. The separator of GS1 codes is one of them and allowed there alone. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\u0000-\u001f\u007f-\u009f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const controlButSeparator = /[\u0000-\u001c\u001e\u001f\u007f-\u009f]/;

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

  /** All that a text may mean whose symbology is not known: the first rule that fits, and those that fit another. */
  const possible = (candidates: readonly Rule[], tryRule: (rule: Rule) => Fit): readonly Reading[] => {
    const found: Reading[] = [];
    for (const candidate of candidates) {
      const fit = tryRule(candidate);
      if (!fit.fits) continue;
      found.push(meaning(candidate.rule, fit.id, defaults));
      if (candidate.rule.symbologies === undefined && candidate.rule.gs1 === undefined) break;
    }
    return [...new Map(found.map((each) => [JSON.stringify(each), each])).values()];
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
      const wanted = ordered.filter(({ rule }) => rule.means === means);
      // The kind of barcode would decide between two issuers, and the instrument does not tell it.
      if (possible(wanted, (rule) => fitReported(rule, text)).length > 1)
        return { means: "nothing", reason: "symbology" };
      return first(wanted, (rule) => fitReported(rule, text));
    },

    typed(text, means, issuer = {}) {
      const unsound = identifierMistake(text);
      if (unsound !== undefined) return { means: "nothing", reason: unsound };
      const wanted = ordered.filter(({ rule }) => rule.means === means && issuedBy(rule, issuer, defaults));
      // What depends on the symbology, nobody can tell of typed text.
      const others = ({ rule }: Rule): boolean =>
        rule.means !== means && rule.symbologies === undefined && rule.gs1 === undefined;
      const candidates = ordered.filter((rule) => wanted.includes(rule) || others(rule));
      const scanned = first(candidates, (rule) => fitReported(rule, text));
      const named = scanned.means === means ? possible(wanted, (rule) => fitReported(rule, text)) : [];
      // A rule that knows nothing but a prefix takes any text as an identifier without it.
      const bare = wanted
        .filter((rule) => named.length === 0 || hasShape(rule))
        .flatMap((rule) => {
          const fit = fitBare(rule, text);
          return fit.fits ? [meaning(rule.rule, fit.id, defaults)] : [];
        });
      // Whoever left out a prefix can give it, so here what another kind of barcode alone would say counts as well.
      const elsewhere = ordered.some((rule) => rule.rule.means !== means && fitReported(rule, text).fits);
      if (named.length === 0 && bare.length > 0 && elsewhere) return { means: "nothing", reason: "other-kind" };
      const [subject, ...more] = new Map([...named, ...bare].map((each) => [JSON.stringify(each), each])).values();
      if (more.length > 0) return { means: "nothing", reason: "ambiguous" };
      if (subject?.means === "patient" || subject?.means === "specimen") return subject as TypedReading;
      if (scanned.means !== "nothing") return { means: "nothing", reason: "other-kind" };
      const nearest = first(wanted, (rule) => {
        const [whole, without] = [fitReported(rule, text), fitBare(rule, text)];
        return !without.fits && without.reason !== "prefix" ? without : whole;
      });
      return nearest.means === "nothing" ? nearest : { means: "nothing", reason: "no-rule" };
    },
  };
}

/** Why a text can be no identifier at all, whatever the rules; blanks at its ends would make two of one. */
export function identifierMistake(text: string): Rejection | undefined {
  if (text.length > longestIdentifier) return "too-long";
  if (control.test(text)) return "control-character";
  return text === "" || text.trim() !== text ? "pattern" : undefined;
}

function issuedBy(rule: BarcodeRule, issuer: Partial<Defaults>, defaults: Defaults): boolean {
  if (rule.means !== "patient") return true;
  const { authority = defaults.authority, type = defaults.type } = rule;
  return (issuer.authority ?? authority) === authority && (issuer.type ?? type) === type;
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
