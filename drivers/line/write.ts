import type { Part, Template } from "./template.ts";

/** What an instrument measures: the digits of a channel, and what `unit` is, or `weight.unit` for one channel. */
export type Values = (name: string) => string | undefined;

/** The channels of a template's numbers. */
export const channelsOf = (template: Template): readonly string[] =>
  template.flatMap((part) => (part.is === "number" ? [part.channel] : []));

/**
 * A line as an instrument writes it that a template describes. What stands open is written in the plainest way: the
 * first of several texts, one blank, blanks for text that nobody reads. `units` are the profile's.
 */
export function write(template: Template, values: Values, units: readonly string[]): string {
  return template.map((part) => words(part, values, units)).join("");
}

function words(part: Part, values: Values, units: readonly string[]): string {
  switch (part.is) {
    case "literal":
    case "optional":
      return part.text;
    case "blanks":
      return " ";
    case "text":
      return " ".repeat(part.width);
    case "choice":
      return part.texts[0] ?? "";
    case "number": {
      const digits = values(part.channel) ?? "0";
      const text = part.decimals === undefined ? digits : Number(digits).toFixed(part.decimals);
      return text.padStart(part.width ?? 0);
    }
    case "unit": {
      const own = part.channel === undefined ? undefined : values(`${part.channel}.unit`);
      return (own ?? values("unit") ?? units[0] ?? "").padStart(part.width ?? 0);
    }
    default:
      return part satisfies never;
  }
}
