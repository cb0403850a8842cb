import { nearest } from "./nearest.ts";
import type { Channel } from "./profile.ts";
import { mistake, note, type Path, type Remark } from "./remark.ts";
import type { ResolvedProfile } from "./resolve.ts";

/** The codes that are known for certain, which is not for the configuration to know. */
export interface Codes {
  /** UCUM unit -> the unit as people write it. */
  readonly units: ReadonlyMap<string, string>;
  readonly loinc: ReadonlySet<string>;
  readonly mdc: ReadonlySet<number>;
}

/**
 * Codes and units that a site's own profile would put into messages, and limits that never act. Channels that came
 * from the profile it is like are spoken of there.
 */
export function checkCodes({ profile, file, locate }: ResolvedProfile, codes: Codes): readonly Remark[] {
  return Object.entries(profile.channels).flatMap(([name, channel]) => {
    const path: Path = ["channels", name];
    if (locate(path).file !== file) return [];
    return [...unitRemarks(channel), ...codeRemarks(channel)].map(({ severity, at, text }) =>
      (severity === "mistake" ? mistake : note)(locate, [...path, ...at], text),
    );

    function unitRemarks({ unit, units = {}, loincByUnit, range, decimals }: Channel): readonly Found[] {
      const found: Found[] = [];
      const named: [Path, string][] = Object.entries(units).map(([wire, ucum]) => [["units", wire], ucum]);
      if (unit !== undefined) named.push([["unit"], unit]);
      const strange = named.filter(([, ucum]) => !codes.units.has(ucum));
      for (const [at, ucum] of strange) found.push(wrong(at, unknownUnit(ucum, codes)));
      const reached = named.map(([, ucum]) => ucum);
      // What is said of the unit that was meant is no second mistake; and any may have been.
      const meant = strange.map(([, ucum]) => meantUnit(ucum, codes.units));
      for (const [key, block] of Object.entries({ loincByUnit, range, decimals }))
        for (const ucum of Object.keys(block ?? {}))
          if (!reached.includes(ucum) && !meant.includes(ucum) && !meant.includes(undefined))
            found.push(wrong([key, ucum], unreached(ucum, reached)));
      return found;
    }

    function codeRemarks({ loinc, loincByUnit = {}, mdc }: Channel): readonly Found[] {
      const found: Found[] = [];
      const named: [Path, string][] = Object.entries(loincByUnit).map(([ucum, code]) => [["loincByUnit", ucum], code]);
      if (loinc !== undefined) named.push([["loinc"], loinc]);
      for (const [at, code] of named) {
        if (!hasCheckDigit(code)) found.push(wrong(at, `“${code}” is no LOINC code: its check digit does not fit.`));
        else if (!codes.loinc.has(code)) found.push(unlisted(at, code));
      }
      if (mdc !== undefined && !codes.mdc.has(mdc)) found.push(unlisted(["mdc"], String(mdc)));
      return found;
    }
  });
}

interface Found {
  readonly severity: Remark["severity"];
  readonly at: Path;
  readonly text: string;
}

const wrong = (at: Path, text: string): Found => ({ severity: "mistake", at, text });

const unlisted = (at: Path, code: string): Found => ({
  severity: "note",
  at,
  text: `“${code}” is not among the codes known here: it is sent as it is written, without a name of ours. Compare it with the code's own list.`,
});

function unknownUnit(ucum: string, { units }: Codes): string {
  const meant = meantUnit(ucum, units);
  const hint = meant === undefined ? "" : `; did you mean “${meant}”?`;
  return `“${ucum}” is no UCUM unit that is known here${hint === "" ? "." : hint}`;
}

/** People write lb and °F, UCUM [lb_av] and [degF]. One letter is near to any other, so short words must be the same. */
function meantUnit(word: string, units: ReadonlyMap<string, string>): string | undefined {
  const plain = (text: string): string => text.replace(/^°/, "").toLowerCase();
  for (const [ucum, display] of units) if ([ucum, display].map(plain).includes(plain(word))) return ucum;
  return word.length > 2 ? nearest(word, units.keys()) : undefined;
}

function unreached(ucum: string, reached: readonly string[]): string {
  const known = reached.length === 0 ? "it has none" : `it has ${[...new Set(reached)].join(", ")}`;
  return `No reading of this channel comes in “${ucum}” (${known}), so this never acts.`;
}

/** LOINC's check digit (LOINC Users' Guide, appendix on the mod 10 check digit): that of Luhn. */
function hasCheckDigit(code: string): boolean {
  const digits = [...code.replace("-", "")].reverse().map(Number);
  const sum = digits.reduce((all, d, i) => all + (i % 2 === 0 ? d : d < 5 ? 2 * d : 2 * d - 9), 0);
  return sum % 10 === 0;
}
