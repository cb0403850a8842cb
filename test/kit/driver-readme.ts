import { z } from "zod";
import type { Profile } from "../../src/config/profile.ts";
import type { Driver } from "../../src/driver-kit/contract.ts";

/** What a driver's README says under a heading of its own, whatever else it says. */
const headings = ["Setting up", "Quirks", "Evidence", "Known gaps", "Source"];

/** What “Setting up” says in a paragraph of its own: what to set on the instrument, and what to plug in. */
const paragraphs = ["Instrument", "Cable"];

/** What a driver's README leaves out: a heading, one of its profiles, one of its options. */
export function readmeFaults(
  readme: string,
  profiles: readonly Profile[],
  driver: Driver | undefined,
): readonly string[] {
  return [
    ...headings
      .filter((heading) => !readme.includes(`\n## ${heading}`))
      .map((heading) => `README.md has no heading “${heading}”`),
    ...paragraphs
      .filter((paragraph) => !section(readme, "Setting up").includes(`\n**${paragraph}.**`))
      .map((paragraph) => `“Setting up” in README.md has no paragraph “${paragraph}.”`),
    ...profiles.filter(({ id }) => !readme.includes(`\`${id}\``)).map(({ id }) => `README.md does not name ${id}`),
    ...optionsOf(driver)
      .filter((option) => !readme.includes(`\`${option}`))
      .map((option) => `README.md does not name the option ${option}`),
  ];
}

/** The text under a heading, up to the next one of its rank. */
function section(readme: string, heading: string): string {
  const [, after = ""] = readme.split(`\n## ${heading}`);
  return after.split("\n## ")[0] ?? "";
}

function optionsOf(driver: Driver | undefined): readonly string[] {
  if (driver === undefined) return [];
  const { properties = {} } = z.toJSONSchema(driver.options, { io: "input", unrepresentable: "any" });
  return Object.keys(properties);
}
