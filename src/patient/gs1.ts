import { checkDigits } from "./check-digit.ts";

/** AIM identifiers of the symbologies that carry GS1 element strings (FNC1 in first position). */
export const gs1Symbologies: readonly string[] = ["]C1", "]e0", "]d2", "]Q3", "]z1"];

const separator = "\u001d";

/** Application identifiers -> digits of their value, fixed, ending without a separator (predefined lengths). */
const fixed: Readonly<Record<string, number>> = { "00": 18, "01": 14, "02": 14, "20": 2 };

/** Longest value of any application identifier; stands where no shorter length is known. */
const longest = 90;

/** Application identifiers -> longest value; it ends at a separator or with the code. */
const variable: Readonly<Record<string, number>> = {
  "10": 20,
  "21": 20,
  "22": 20,
  "30": 8,
  "37": 8,
  "90": 30,
  "240": 30,
  "241": 30,
  "400": 30,
  "7003": 10,
  "7241": 2,
  "7242": 25,
  "7250": 8,
  "7251": 12,
  "7252": 1,
  "7253": longest,
  "7254": longest,
  "7255": longest,
  "7256": longest,
  "7257": longest,
  "7258": 3,
  "7259": 40,
  "8003": longest,
  "8004": longest,
  "8017": 18,
  "8018": 18,
  "8019": longest,
  "8020": 25,
};

/** Elements in the order of the code: application identifier and value. */
export type Gs1Elements = readonly (readonly [ai: string, value: string])[];

/**
 * Takes a GS1 element string apart. Nothing where an application identifier is not in the table, a value is too long or
 * too short, or one identifier comes twice with different values: what cannot be read wholly is not read at all, for a
 * value could begin in the middle of another.
 */
export function parseGs1(text: string): Gs1Elements | undefined {
  const elements: [string, string][] = [];
  const seen = new Map<string, string>();
  let rest = text.startsWith(separator) ? text.slice(1) : text;
  while (rest !== "") {
    const element = nextElement(rest);
    if (element === undefined) return undefined;
    const [ai, value, length] = element;
    if (value === "" || (seen.has(ai) && seen.get(ai) !== value)) return undefined;
    seen.set(ai, value);
    elements.push([ai, value]);
    rest = rest.slice(length);
    // A separator after a value of predefined length is not needed, and allowed.
    if (rest.startsWith(separator)) rest = rest.slice(1);
  }
  return elements;
}

function nextElement(rest: string): readonly [ai: string, value: string, length: number] | undefined {
  for (const digits of [2, 3, 4]) {
    const ai = rest.slice(0, digits);
    if (ai.length < digits || !/^\d+$/.test(ai)) return undefined;
    const length = fixedLength(ai);
    if (length !== undefined) {
      const value = rest.slice(digits, digits + length);
      return value.length === length && /^\d+$/.test(value) ? [ai, value, digits + length] : undefined;
    }
    const most = variableLength(ai);
    if (most !== undefined) {
      const end = rest.indexOf(separator);
      const value = rest.slice(digits, end === -1 ? undefined : end);
      return value.length <= most ? [ai, value, digits + value.length] : undefined;
    }
  }
  return undefined;
}

function fixedLength(ai: string): number | undefined {
  if (Object.hasOwn(fixed, ai)) return fixed[ai];
  if (/^1[1-9]$/.test(ai)) return 6;
  if (/^3[1-6]\d\d$/.test(ai)) return 6;
  if (/^41\d$/.test(ai)) return 13;
  return undefined;
}

function variableLength(ai: string): number | undefined {
  if (Object.hasOwn(variable, ai)) return variable[ai];
  return /^9[1-9]$/.test(ai) ? longest : undefined;
}

/**
 * The GSRN under an application identifier, 8018 (patient) or 8017 (provider): 18 digits with a sound check digit.
 * Nothing if the code carries both, which the GS1 General Specifications forbid.
 */
export function gsrnOf(text: string, ai: "8018" | "8017"): string | undefined {
  const elements = parseGs1(text);
  if (elements === undefined) return undefined;
  const of = (wanted: string) => elements.find(([found]) => found === wanted)?.[1];
  if (of("8018") !== undefined && of("8017") !== undefined) return undefined;
  const key = of(ai);
  return key !== undefined && isGsrn(key) ? key : undefined;
}

/** Whether this is a Global Service Relation Number: 18 digits, the last one the check digit. */
export const isGsrn = (key: string): boolean => /^\d{18}$/.test(key) && checkDigits["mod10-3-1"](key);
