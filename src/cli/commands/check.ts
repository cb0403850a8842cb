import { loadConfiguration } from "../../config/load.ts";
import { configPath } from "../../config/paths.ts";
import { command, configOption, exit, jsonOption, UsageError } from "../command.ts";
import { outside, showRemarks } from "../configuration.ts";

export const check = command({
  name: "check",
  summary: "validates a site's configuration and its profiles",
  usage: "[FILE]",
  about:
    "All mistakes are named at once, each with file, line and path. Notes are worth reading, and no mistakes. Nothing\n" +
    "is opened, and a running gateway is not touched.",
  options: { config: configOption, json: jsonOption },
  words: [0, 1],
  examples: [
    ["vitalwire check", "checks the installed configuration"],
    [
      "vitalwire check site.yaml --json",
      "one remark a line, for a script or an editor; where all is well, a last line says so",
    ],
  ],
  exits: [exit.found, exit.failed],
  async run({ values, words: [word], output, around }) {
    if (word !== undefined && values.config !== undefined) throw new UsageError("Give the file once.");
    const file = configPath(word ?? values.config, around.env, around.cwd);
    const loaded = await loadConfiguration(file, outside);
    showRemarks(output, loaded.ok ? loaded.notes : loaded.remarks, around.cwd, "out");
    if (!loaded.ok) {
      output.problem(loaded.problem);
      return loaded.problem.code === "CONFIG_MISSING" ? exit.failed : exit.found;
    }
    const { site, profiles } = loaded.configuration;
    const parts = [count(site.places, "place"), count(site.devices, "device"), count(site.sinks, "destination")];
    const notes = loaded.notes.length === 0 ? "" : `; ${count(loaded.notes, "note")}`;
    const counts = { places: site.places.length, devices: site.devices.length, sinks: site.sinks.length };
    output.record(
      { ok: true, file, ...counts, profiles: profiles.size, notes: loaded.notes.length },
      `${output.paint("good", "ok")}  ${parts.join(", ")}; ${profiles.size} profiles known${notes}`,
    );
    return exit.ok;
  },
});

const count = (of: readonly unknown[], word: string): string => `${of.length} ${word}${of.length === 1 ? "" : "s"}`;
