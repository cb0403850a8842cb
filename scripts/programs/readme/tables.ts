import { exitMeaning } from "../../../src/cli/command.ts";
import { outside } from "../../../src/cli/configuration.ts";
import { resolveProfiles, shippedProfileSources } from "../../../src/config/profiles.ts";
import { problems } from "../../../src/model/problem.ts";

/** The parts of the README that are made from the code, so that they cannot go out of date. */
export async function tables(): Promise<Readonly<Record<string, string>>> {
  return {
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

async function instruments(): Promise<string> {
  const { profiles } = await resolveProfiles(await shippedProfileSources(), [], outside.driverOptions);
  const rows = [...profiles.values()]
    .map(({ profile: p }) => [p.kind, p.maker, p.model, `\`${p.id}\``, `\`${p.driver}\``, evidenceWords[p.evidence]])
    .sort((a, b) => a.join().localeCompare(b.join(), "en"));
  return table(["Kind", "Maker", "Model", "Profile", "Driver", "Evidence"], rows);
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((c) => c.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}
