import { checkDigits } from "./check-digit.ts";
import { gs1Rule, mayStandTogether } from "./gs1-elements.ts";

/** AIM identifiers of the symbologies that carry GS1 element strings (FNC1 in first position). */
export const gs1Symbologies: readonly string[] = ["]C1", "]e0", "]d2", "]Q3", "]z1"];

const separator = "\u001d";

/** Elements in the order of the code: application identifier and value. */
export type Gs1Elements = readonly (readonly [ai: string, value: string])[];

/**
 * Takes a GS1 element string apart. Nothing where an application identifier is not in the table, a value breaks its rule
 * (length, characters, check digit, date), one identifier comes twice with different values, or two stand together that
 * may not: what cannot be read wholly is not read at all, for a value could begin in the middle of another.
 */
export function parseGs1(text: string): Gs1Elements | undefined {
  const elements: [string, string][] = [];
  const seen = new Map<string, string>();
  let rest = text.startsWith(separator) ? text.slice(1) : text;
  while (rest !== "") {
    const element = nextElement(rest);
    if (element === undefined) return undefined;
    const [ai, value, length] = element;
    if (seen.has(ai) && seen.get(ai) !== value) return undefined;
    seen.set(ai, value);
    elements.push([ai, value]);
    rest = rest.slice(length);
    // A separator after a value of predefined length is not needed, and allowed.
    if (rest.startsWith(separator)) rest = rest.slice(1);
  }
  return mayStandTogether(new Set(seen.keys())) ? elements : undefined;
}

function nextElement(rest: string): readonly [ai: string, value: string, length: number] | undefined {
  for (const digits of [2, 3, 4]) {
    const ai = rest.slice(0, digits);
    const rule = ai.length < digits ? undefined : gs1Rule(ai);
    if (rule === undefined) continue;
    const separated = rest.indexOf(separator, digits);
    const end = rule.predefined === undefined ? separated : digits + rule.predefined;
    const value = rest.slice(digits, end === -1 ? undefined : end);
    return rule.fits(value) ? [ai, value, digits + value.length] : undefined;
  }
  return undefined;
}

/**
 * The GSRN under an application identifier, 8018 (patient) or 8017 (provider): 18 digits with a sound check digit.
 * Nothing if the code carries both, which the GS1 General Specifications forbid.
 */
export function gsrnOf(text: string, ai: "8018" | "8017"): string | undefined {
  const elements = parseGs1(text);
  if (elements === undefined) return undefined;
  const of = (wanted: string) => elements.find(([found]) => found === wanted)?.[1];
  return of(ai);
}

/** Whether this is a Global Service Relation Number: 18 digits, the last one the check digit. */
export const isGsrn = (key: string): boolean => /^\d{18}$/.test(key) && checkDigits["mod10-3-1"](key);
