import { relative } from "node:path";
import { type Configuration, loadConfiguration, type Outside } from "../config/load.ts";
import { configPath } from "../config/paths.ts";
import { type Remark, remarkText } from "../config/remark.ts";
import { loadDriver } from "../devices/drivers.ts";
import { loincCodes } from "../normalize/tables/loinc.ts";
import { mdcCodes } from "../normalize/tables/mdc.ts";
import { ucumUnits } from "../normalize/tables/ucum.ts";
import { overlapOf } from "../patient/overlap.ts";
import { compilePattern } from "../patient/pattern.ts";
import { type Call, type Exit, exit, type OptionSpecs } from "./command.ts";
import type { Output } from "./output.ts";

/** What configurations are checked against: the drivers and codes that there are, and what rules can work with. */
export const outside: Outside = {
  driverOptions: async (id) => (await loadDriver(id))?.options,
  async driverFacts(id) {
    const driver = await loadDriver(id);
    if (driver === undefined) return undefined;
    /** What a driver says of options, unless they have mistakes. */
    const ask = <T>(options: unknown, about: (sound: unknown) => T): T | undefined => {
      const parsed = driver.options.safeParse(options);
      return parsed.success ? about(parsed.data) : undefined;
    };
    return {
      input: driver.input,
      speaks: (options) => ask(options, (sound) => driver.speaks?.(sound)),
      lacks: (options) => ask(options, (sound) => driver.lacks?.(sound)) ?? [],
    };
  },
  codes: {
    units: new Map(Object.entries(ucumUnits).map(([unit, { display }]) => [unit, display])),
    loinc: new Set(Object.keys(loincCodes)),
    mdc: new Set(Object.keys(mdcCodes).map(Number)),
  },
  patternMistake(pattern) {
    const compiled = compilePattern(pattern);
    return "mistake" in compiled ? compiled.mistake : undefined;
  },
  overlapOf,
};

/**
 * The site's configuration for a command, or the exit code to end with after its mistakes were shown. `file` and the
 * environment say which one.
 */
export async function siteConfiguration(
  { output, around }: Pick<Call<OptionSpecs>, "output" | "around">,
  file: string | undefined,
): Promise<Configuration | Exit> {
  const loaded = await loadConfiguration(configPath(file, around.env, around.cwd), outside, "used");
  if (loaded.ok) return loaded.configuration;
  showRemarks(output, loaded.remarks, around.cwd, "err");
  output.problem(loaded.problem);
  return loaded.problem.code === "CONFIG_MISSING" ? exit.failed : exit.found;
}

/** Remarks, mistakes and notes told apart in words; as results (`out`) or as the reason of a failure (`err`). */
export function showRemarks(output: Output, remarks: readonly Remark[], cwd: string, where: "out" | "err"): void {
  for (const remark of remarks) {
    const shown = { ...remark, file: shortest(cwd, remark.file) };
    const word = remark.severity === "mistake" ? output.paint("bad", "mistake") : output.paint("warn", "note");
    if (where === "out") output.record(shown, `${word}  ${remarkText(shown)}`);
    else output.note(`${remark.severity}  ${remarkText(shown)}`);
  }
}

/** A path as one would type it here. */
function shortest(cwd: string, file: string): string {
  const from = relative(cwd, file);
  return from.startsWith("../..") || from === "" ? file : from;
}
