import { match } from "./match.ts";
import type { Template } from "./template.ts";

/** What a profile's reading templates cannot see. */
export interface Weaknesses {
  /** One byte lost or doubled may read as another value. */
  readonly faults: readonly ("byte-lost" | "byte-doubled")[];
  /** The end of a line alone may read as a value. */
  readonly tails: boolean;
}

/**
 * Finds out by trial: sample lines of each template are damaged byte by byte, and a damaged line that still reads as a
 * value, but another one, shows the weakness. Templates whose lines have one length and one form have none.
 */
export function weaknesses(templates: readonly Template[], units: readonly string[]): Weaknesses {
  const faults = new Set<"byte-lost" | "byte-doubled">();
  let tails = false;
  const read = (line: string): string | undefined => {
    const all = templates.flatMap((template) => match(template, line, units) ?? []);
    return all.length === 0 ? undefined : JSON.stringify(all);
  };
  for (const line of templates.flatMap((template) => samples(template, units))) {
    const whole = read(line);
    const differs = (damaged: string) => ![undefined, whole].includes(read(damaged));
    for (let i = 0; i < line.length; i++) {
      if (differs(line.slice(0, i) + line.slice(i + 1))) faults.add("byte-lost");
      if (differs(line.slice(0, i + 1) + line.slice(i))) faults.add("byte-doubled");
      tails ||= differs(line.slice(i + 1));
    }
  }
  return { faults: [...faults], tails };
}

/** Lines that a template describes: with each unit, and with numbers that fill their field and that do not. */
function samples(template: Template, units: readonly string[]): readonly string[] {
  const forms = [
    { blanks: 1, filled: true },
    { blanks: 3, filled: false },
  ];
  const named = template.some((part) => part.is === "unit") ? units : [""];
  return named.flatMap((unit) =>
    forms.map(({ blanks, filled }) =>
      template
        .map((part) => {
          switch (part.is) {
            case "literal":
            case "optional":
              return part.text;
            case "blanks":
              return " ".repeat(blanks);
            case "text":
              return "x".repeat(part.width);
            case "choice":
              return part.texts[0] ?? "";
            case "number":
              return sampleNumber(part.width ?? (filled ? 6 : 4), part.decimals ?? 1, filled);
            case "unit":
              return part.width === undefined ? unit : unit.padStart(part.width);
            default:
              return part satisfies never;
          }
        })
        .join(""),
    ),
  );
}

/** Digits that differ from their neighbours, so that each loss shows. */
function sampleNumber(width: number, decimals: number, filled: boolean): string {
  const most = decimals === 0 ? width : width - decimals - 1;
  const whole = "1234567890".repeat(Math.ceil(Math.max(1, most) / 10)).slice(0, filled ? Math.max(1, most) : 1);
  const text = decimals === 0 ? whole : `${whole}.${"9876543210".slice(0, decimals)}`;
  return text.padStart(width).slice(-width);
}
