import { number } from "../../src/driver-kit/text.ts";
import type { Part, Template } from "./template.ts";

/** One number that a line says, blanks taken off, with its unit where the line has one. */
export interface Measured {
  readonly channel: string;
  readonly text: string;
  readonly unit?: string;
}

/** What a line says under a template, or nothing where it is another line. `units` is the closed list. */
export function match(template: Template, line: string, units: readonly string[]): readonly Measured[] | undefined {
  const numbers: { channel: string; text: string }[] = [];
  const unitOf = new Map<string | undefined, string>();
  let at = 0;
  for (const part of template) {
    const rest = line.slice(at);
    const length = lengthOf(part, rest, units);
    if (length === undefined) return undefined;
    const found = rest.slice(0, length);
    if (part.is === "number") {
      const text = digits(part, found);
      if (text === undefined) return undefined;
      numbers.push({ channel: part.channel, text });
    }
    if (part.is === "unit") {
      const unit = found.trim();
      if (!units.includes(unit)) return undefined;
      unitOf.set(part.channel, unit);
    }
    at += length;
  }
  if (at !== line.length) return undefined;
  return numbers.map((measured) => {
    const unit = unitOf.get(measured.channel) ?? unitOf.get(undefined);
    return unit === undefined ? measured : { ...measured, unit };
  });
}

/** How much of the line this part takes, or nothing where it does not stand here. */
function lengthOf(part: Part, rest: string, units: readonly string[]): number | undefined {
  switch (part.is) {
    case "literal":
      return rest.startsWith(part.text) ? part.text.length : undefined;
    case "optional":
      return rest.startsWith(part.text) ? part.text.length : 0;
    case "blanks":
      return rest.length - rest.replace(/^ +/, "").length;
    case "text":
      return /^[ -~]*$/.test(rest.slice(0, part.width)) ? fixed(rest, part.width) : undefined;
    case "choice":
      return longest(part.texts, rest);
    case "number":
      return part.width === undefined ? /^[+-]?[0-9.]+/.exec(rest)?.[0].length : fixed(rest, part.width);
    case "unit":
      return part.width === undefined ? longest(units, rest) : fixed(rest, part.width);
    default:
      return part satisfies never;
  }
}

function fixed(rest: string, width: number): number | undefined {
  return rest.length < width ? undefined : width;
}

function longest(texts: readonly string[], rest: string): number | undefined {
  const there = texts.filter((text) => rest.startsWith(text)).map((text) => text.length);
  return there.length === 0 ? undefined : Math.max(...there);
}

/** The number in a field: blanks may stand to its left, and between the sign and the digits, and nowhere else. */
function digits(part: Extract<Part, { is: "number" }>, field: string): string | undefined {
  const [, sign, unsigned] = /^ *([+-]?) *([^ ]+)$/.exec(field) ?? [];
  const read = number(`${sign ?? ""}${unsigned ?? ""}`);
  if (read === undefined || (part.decimals !== undefined && read.decimals !== part.decimals)) return undefined;
  return read.text;
}
