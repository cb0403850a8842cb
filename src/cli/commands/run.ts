import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { readLastGood, stateNamed } from "../../config/last-good.ts";
import { type Configuration, checkSources, loadConfiguration } from "../../config/load.ts";
import { configPath, statePath } from "../../config/paths.ts";
import { problemCodeOf } from "../../model/problem.ts";
import { type Call, command, configOption, type Exit, exit, socketOption } from "../command.ts";
import { outside, showRemarks } from "../configuration.ts";
import { socketPath } from "../gateway-command.ts";

const options = {
  config: configOption,
  socket: socketOption,
  strict: { type: "boolean", help: "do not fall back to the last good configuration" },
} as const;

/** The service itself. It says what happens as JSON lines on standard output, and ends on Ctrl-C or SIGTERM. */
export const run = command({
  name: "run",
  summary: "runs the gateway",
  usage: "[--config FILE] [--socket PATH]",
  about: [
    "A configuration with mistakes is not used: the gateway then starts with the last one that was good, if there is",
    "one in its state folder, and says so. What happens is told as JSON lines on standard output; no patient's values",
    "or identifiers are among them.",
  ].join("\n"),
  options,
  words: [0, 0],
  examples: [
    ["vitalwire run", "as the installed service does"],
    ["vitalwire run --config site.yaml --socket /tmp/vitalwire.sock", "in a checkout, with a site of one's own"],
  ],
  exits: [exit.found, exit.failed],
  run: serve,
});

async function serve(call: Call<typeof options>): Promise<Exit> {
  const { values, output, around } = call;
  const used = await usable(call);
  if (typeof used === "number") return used;
  const { start } = await import("../../main.ts");
  try {
    const running = await start({
      ...used,
      socket: socketPath(values, around),
      env: around.env,
      writeLog: (line) => void around.out.write(line),
    });
    const stopped = new Promise<undefined>((resolve) => {
      if (around.stop.aborted) resolve(undefined);
      around.stop.addEventListener("abort", () => resolve(undefined), { once: true });
    });
    const broken = await Promise.race([stopped, running.broken]);
    await running.stop();
    if (broken === undefined) return exit.ok;
    output.problem({ code: broken, detail: "Start it again (systemd does): what is readable is then taken over." });
    return exit.failed;
  } catch (error) {
    const code = problemCodeOf(error);
    if (code === undefined) throw error;
    output.problem({ code, detail: error instanceof Error ? error.message : "" });
    return exit.failed;
  }
}

interface Used {
  readonly configuration: Configuration;
  readonly lastGood: boolean;
}

/** The operator's configuration, or the last good one where that has mistakes. */
async function usable({ values, output, around }: Call<typeof options>): Promise<Used | Exit> {
  const file = configPath(values.config, around.env, around.cwd);
  const loaded = await loadConfiguration(file, outside, "used");
  if (loaded.ok) return { configuration: loaded.configuration, lastGood: false };
  showRemarks(output, loaded.remarks, around.cwd, "err");
  output.problem(loaded.problem);
  const failed = loaded.problem.code === "CONFIG_MISSING" ? exit.failed : exit.found;
  if (values.strict) return failed;
  const text = await readFile(file, "utf8").catch(() => "");
  const kept = await readLastGood(statePath(stateNamed(text), dirname(file), around.env));
  const last = kept === undefined ? undefined : await checkSources(kept, outside, "used");
  if (last === undefined || !last.ok) return failed;
  output.note("Going on with the last good configuration.");
  return { configuration: last.configuration, lastGood: true };
}
