import { z } from "zod";
import type { Profile } from "../../src/config/profile.ts";
import type { Driver } from "../../src/driver-kit/contract.ts";

/** What a driver's README says under a heading of its own, whatever else it says. */
const headings = ["Evidence", "Known gaps", "Source"];

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
    ...profiles.filter(({ id }) => !readme.includes(`\`${id}\``)).map(({ id }) => `README.md does not name ${id}`),
    ...optionsOf(driver)
      .filter((option) => !readme.includes(`\`${option}`))
      .map((option) => `README.md does not name the option ${option}`),
  ];
}

function optionsOf(driver: Driver | undefined): readonly string[] {
  if (driver === undefined) return [];
  const { properties = {} } = z.toJSONSchema(driver.options, { io: "input", unrepresentable: "any" });
  return Object.keys(properties);
}
