import type { BarcodeRule } from "../config/site.ts";
import { checkDigits } from "./check-digit.ts";
import { gs1Symbologies, gsrnOf, isGsrn } from "./gs1.ts";

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

/** A rule with its pattern compiled. */
export interface Rule {
  readonly rule: BarcodeRule;
  readonly pattern: RegExp | undefined;
}

/** Longest identifier: bounds what patterns are tried on. */
export const longestIdentifier = 64;

/** What became of a rule that was tried. */
export type Fit = { readonly fits: true; readonly id: string } | { readonly fits: false; readonly reason: Rejection };

/** How far a code came: of several rules that refuse it, the one that refused it last says why. */
export const steps: readonly Rejection[] = [
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

/** Tries a rule on a scanned code. */
export function fitScan(rule: Rule, text: string, symbology: string | undefined): Fit {
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

/** Tries a rule on a code whose symbology nobody tells. */
export function fitReported(rule: Rule, text: string): Fit {
  return rule.rule.gs1 === undefined || isGsrn(text) ? fitIdentifier(rule, text) : refused("gs1");
}

/** Tries a rule on an identifier that was given without the prefix of its barcode. Never fits where it has none. */
export function fitBare(rule: Rule, text: string): Fit {
  if (!rule.rule.prefix || rule.rule.gs1 !== undefined) return refused("prefix");
  return fitReported({ ...rule, rule: { ...rule.rule, prefix: "" } }, text);
}

/** Whether a rule says more of its identifiers than what stands before them. */
export function hasShape({ rule }: Rule): boolean {
  return [rule.pattern, rule.length, rule.check, rule.gs1].some((part) => part !== undefined);
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
