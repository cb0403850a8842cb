import type { AbsentReason } from "../../src/model/quantity.ts";
import { type Measured, match } from "./match.ts";
import type { Template } from "./template.ts";

/** A profile's templates, by what their lines mean. */
export interface Templates {
  readonly readings: readonly Template[];
  readonly unsettled: readonly Template[];
  readonly ignored: readonly Template[];
  readonly absent: readonly {
    readonly template: Template;
    readonly channels: readonly string[];
    readonly reason: AbsentReason;
  }[];
  readonly units: readonly string[];
  readonly zeroIsNoLoad: boolean;
}

/** What one line says. */
export type Said =
  | { readonly is: "reading"; readonly measured: readonly Measured[] }
  | {
      readonly is: "absent";
      readonly channels: readonly string[];
      readonly reason: AbsentReason;
      /** The line itself. */
      readonly text: string;
    }
  /** The load is moving, or there is none. */
  | { readonly is: "unsettled" }
  | { readonly is: "ignored" }
  | { readonly is: "unknown" };

export type Reader = (line: string) => Said;

/**
 * Reads lines by a profile's templates. A line that several templates read in different ways says nothing for sure, and
 * is unknown; one that says that there is no value is never a reading too.
 */
export function reader(templates: Templates): Reader {
  const { readings, unsettled, ignored, absent, units, zeroIsNoLoad } = templates;
  return (line) => {
    const fits = (template: Template) => match(template, line, units) !== undefined;
    const lacking = absent.find(({ template }) => fits(template));
    if (lacking !== undefined) return { is: "absent", channels: lacking.channels, reason: lacking.reason, text: line };
    if (unsettled.some(fits)) return { is: "unsettled" };
    if (ignored.some(fits)) return { is: "ignored" };
    let measured: readonly Measured[] | undefined;
    for (const template of readings) {
      const found = match(template, line, units);
      if (found === undefined) continue;
      if (measured !== undefined && JSON.stringify(found) !== JSON.stringify(measured)) return { is: "unknown" };
      measured = found;
    }
    if (measured === undefined) return { is: "unknown" };
    if (zeroIsNoLoad && measured.every(({ text }) => Number(text) === 0)) return { is: "unsettled" };
    return { is: "reading", measured };
  };
}
