import { readFile } from "node:fs/promises";
import { nearest } from "../config/nearest.ts";
import { type Exit, exit, exitMeaning, type Surroundings } from "./command.ts";
import { commands } from "./commands.ts";
import { createOutput } from "./output.ts";

/** Runs one command line (`check site.yaml --json`), and answers its exit code. Never throws. */
export async function cli(args: readonly string[], around: Surroundings): Promise<Exit> {
  const output = createOutput(around, args.includes("--json"));
  try {
    const [first, ...rest] = args;
    if (first === undefined) {
      around.err.write(await overview());
      return exit.usage;
    }
    if (first === "--version" || first === "version") {
      around.out.write(`vitalwire ${await version()}\n`);
      return exit.ok;
    }
    const help = first === "help" || first === "--help" || first === "-h";
    const name = help ? rest[0] : first;
    if (name === undefined) {
      around.out.write(await overview());
      return exit.ok;
    }
    const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (load === undefined) {
      const meant = nearest(name, Object.keys(commands));
      const hint = meant === undefined ? "See vitalwire --help." : `Did you mean “${meant}”?`;
      output.problem({ code: "USAGE", detail: `There is no command “${name}”. ${hint}` });
      return exit.usage;
    }
    const command = await load();
    return await command.run(help ? ["--help"] : rest, around);
  } catch (error) {
    around.err.write(`Vitalwire itself failed; please report this:\n${error instanceof Error ? error.stack : error}\n`);
    return exit.fault;
  }
}

async function overview(): Promise<string> {
  const all = await Promise.all(Object.values(commands).map((load) => load()));
  const width = Math.max(...all.map((c) => c.name.length));
  return [
    "vitalwire – takes readings from a clinic's instruments to its records system",
    "",
    "Usage: vitalwire COMMAND [options]",
    "",
    "Commands:",
    ...all.map((c) => `  ${c.name.padEnd(width)}  ${c.summary}`),
    "",
    "Each has its own --help; most listings take --json.",
    "",
    "Exit codes:",
    ...Object.entries(exitMeaning).map(([code, meaning]) => `  ${code.padStart(2)}  ${meaning}`),
    "",
  ].join("\n");
}

/** The version in the nearest package.json above this file: the checkout's, or the installed one. */
async function version(): Promise<string> {
  for (const up of ["../../package.json", "../../../package.json"]) {
    try {
      const found: unknown = JSON.parse(await readFile(new URL(up, import.meta.url), "utf8"));
      if (typeof found === "object" && found !== null && "version" in found) return String(found.version);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    }
  }
  return "unknown";
}
