import { readFile } from "node:fs/promises";
import { configPath } from "../config/paths.ts";
import { parseYaml } from "../config/yaml-text.ts";
import { type Surroundings, UsageError } from "./command.ts";

/** Whether there is a time zone of this IANA name. */
export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The zone that was given, which must be one; otherwise that of the site's file as far as it tells one; otherwise this machine's. */
export async function zoneOf(
  given: string | undefined,
  config: string | undefined,
  { env, cwd }: Pick<Surroundings, "env" | "cwd">,
): Promise<string> {
  if (given !== undefined && !isZone(given)) throw new UsageError(`There is no time zone “${given}”.`);
  if (given !== undefined) return given;
  const file = configPath(config, env, cwd);
  const text = await readFile(file, "utf8").catch(() => "");
  const site: unknown = parseYaml({ file, text }).yaml?.value;
  if (typeof site === "object" && site !== null && "timezone" in site)
    if (typeof site.timezone === "string" && isZone(site.timezone)) return site.timezone;
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
