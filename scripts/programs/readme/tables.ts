import { exitMeaning } from "../../../src/cli/command.ts";
import { outside } from "../../../src/cli/configuration.ts";
import { holdMeaning } from "../../../src/cli/hold-words.ts";
import type { Profile } from "../../../src/config/profile.ts";
import { resolveProfiles, shippedProfileSources } from "../../../src/config/profiles.ts";
import { loadDriver } from "../../../src/devices/drivers.ts";
import { holdReasons } from "../../../src/model/observation.ts";
import { problems } from "../../../src/model/problem.ts";

/** The parts of the README that are made from the code, so that they cannot go out of date. */
export async function tables(): Promise<Readonly<Record<string, string>>> {
  return {
    held: table(
      ["Held for", "What it means", "What a person can do"],
      holdReasons.map((reason) => [`\`${reason}\``, ...holdMeaning[reason]]),
    ),
    instruments: await instruments(),
    problems: table(
      ["Code", "What happened", "What it means", "What to do"],
      Object.entries(problems).map(([code, { what, means, todo }]) => [`\`${code}\``, what, means, todo]),
    ),
    exits: table(["Exit code", "Meaning"], Object.entries(exitMeaning)),
  };
}

/** Puts the tables between their marks (`<!-- instruments -->` … `<!-- /instruments -->`). */
export function withTables(readme: string, made: Readonly<Record<string, string>>): string {
  return Object.entries(made).reduce((text, [name, rows]) => {
    const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const from = text.indexOf(begin);
    const to = text.indexOf(end);
    if (from < 0 || to < from) throw new Error(`README.md has no place for “${name}”`);
    return `${text.slice(0, from + begin.length)}\n${rows}\n${text.slice(to)}`;
  }, readme);
}

const evidenceWords = {
  bench: "tried on the instrument",
  capture: "checked against its documented or real bytes",
  manual: "from text alone: held unless the site allows it",
};

/** A scanner's codes are no readings: there is nothing to hold. */
function evidence({ kind, evidence: level }: Profile): string {
  return kind === "scanner" && level === "manual" ? "from text alone" : evidenceWords[level];
}

async function instruments(): Promise<string> {
  const { profiles } = await resolveProfiles(await shippedProfileSources(), [], outside.driverOptions);
  const rows = await Promise.all(
    [...profiles.values()].map(async ({ profile: p }) => {
      const driver = `[\`${p.driver}\`](drivers/${p.driver}/README.md)`;
      return [p.kind, p.maker, p.model, `\`${p.id}\``, driver, evidence(p), await guard(p)];
    }),
  );
  rows.sort((a, b) => a.join().localeCompare(b.join(), "en"));
  return table(["Kind", "Maker", "Model", "Profile", "Driver", "Evidence", "Guarded by"], rows);
}

const guardWords = { checksum: "checksum", structure: "structure", none: "nothing" };

/** What keeps a damaged value from being taken for one, and what damage the protocol cannot show. */
async function guard({ driver: id, options }: Profile): Promise<string> {
  const driver = await loadDriver(id);
  if (driver === undefined) return "";
  const unseen = driver.undetected?.(driver.options.parse(options)).map(({ fault }) => fault) ?? [];
  return `${guardWords[driver.integrity]}${unseen.length === 0 ? "" : `; cannot see: ${[...new Set(unseen)].join(", ")}`}`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((c) => c.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}
