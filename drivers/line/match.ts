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
  const numbers: { readonly channel: string; readonly text: string }[] = [];
  const unitOf: { readonly channel: string | undefined; readonly unit: string }[] = [];
  let at = 0;
  for (const part of template) {
    const length = lengthOf(part, line, at, units);
    if (length === undefined) return undefined;
    if (part.is === "number") {
      const text = digits(part, line.slice(at, at + length));
      if (text === undefined) return undefined;
      numbers.push({ channel: part.channel, text });
    }
    if (part.is === "unit") {
      const unit = line.slice(at, at + length).trim();
      if (!units.includes(unit)) return undefined;
      unitOf.push({ channel: part.channel, unit });
    }
    at += length;
  }
  if (at !== line.length) return undefined;
  const unitFor = (channel: string | undefined) => unitOf.findLast((one) => one.channel === channel)?.unit;
  return numbers.map(({ channel, text }) => {
    const unit = unitFor(channel) ?? unitFor(undefined);
    return unit === undefined ? { channel, text } : { channel, text, unit };
  });
}

/** How much of the line this part takes, or nothing where it does not stand here. */
function lengthOf(part: Part, line: string, at: number, units: readonly string[]): number | undefined {
  switch (part.is) {
    case "literal":
      return line.startsWith(part.text, at) ? part.text.length : undefined;
    case "optional":
      return line.startsWith(part.text, at) ? part.text.length : 0;
    case "blanks":
      return blanks(line, at);
    case "text":
      return /^[ -~]*$/.test(line.slice(at, at + part.width)) ? fixed(line, at, part.width) : undefined;
    case "choice":
      return longest(part.texts, line, at);
    case "number":
      return part.width === undefined ? /^[+-]?[0-9.]+/.exec(line.slice(at))?.[0].length : fixed(line, at, part.width);
    case "unit":
      return part.width === undefined ? longest(units, line, at) : fixed(line, at, part.width);
    default:
      return part satisfies never;
  }
}

function fixed(line: string, at: number, width: number): number | undefined {
  return line.length - at < width ? undefined : width;
}

function longest(texts: readonly string[], line: string, at: number): number | undefined {
  let most: number | undefined;
  for (const text of texts) if (line.startsWith(text, at) && text.length > (most ?? -1)) most = text.length;
  return most;
}

function blanks(line: string, at: number): number {
  let end = at;
  while (line.charCodeAt(end) === 0x20) end++;
  return end - at;
}

/** The number in a field: blanks may stand to its left, and between the sign and the digits, and nowhere else. */
function digits(part: Extract<Part, { is: "number" }>, field: string): string | undefined {
  const begin = blanks(field, 0);
  const signed = field[begin] === "+" || field[begin] === "-";
  const after = signed ? blanks(field, begin + 1) : 0;
  const read = number(after === 0 ? field.slice(begin) : `${field[begin]}${field.slice(begin + 1 + after)}`);
  if (read === undefined || (part.decimals !== undefined && read.decimals !== part.decimals)) return undefined;
  return read.text;
}
