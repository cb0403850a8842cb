import { loadConfiguration } from "../../config/load.ts";
import { configPath, statePath } from "../../config/paths.ts";
import type { Problem } from "../../model/problem.ts";
import { command, configOption, exit, jsonOption, socketOption } from "../command.ts";
import { outside } from "../configuration.ts";
import { bad, type Diagnosis, ok, warn } from "../doctor/diagnosis.ts";
import { diagnoseDisk } from "../doctor/disk.ts";
import { diagnoseFiles } from "../doctor/files.ts";
import { diagnoseGateway } from "../doctor/gateway.ts";
import { diagnosePorts } from "../doctor/ports.ts";
import { diagnoseRuntime } from "../doctor/runtime.ts";
import { diagnoseClock } from "../doctor/time.ts";
import { diagnoseTls } from "../doctor/tls.ts";
import { socketPath } from "../gateway-command.ts";
import type { Tone } from "../output.ts";

const tones: Readonly<Record<Diagnosis["state"], Tone>> = { ok: "good", warn: "warn", bad: "bad" };

export const doctor = command({
  name: "doctor",
  summary: "looks at clock, disk, ports, libraries, certificates and the running gateway",
  usage: "",
  about:
    "Run it as the user that the gateway runs as (sudo -u vitalwire vitalwire doctor), for permissions are that\n" +
    "user's. It opens no port, and writes a few kilobytes into the state folder, which it takes away again.",
  options: { config: configOption, json: jsonOption, socket: socketOption },
  words: [0, 0],
  examples: [["vitalwire doctor", "one line for each thing looked at, with what to do where it is not well"]],
  exits: [exit.found],
  exitsHere: { [exit.ok]: "nothing is bad; what is marked warn should be known", [exit.found]: "something is bad" },
  async run({ values, output, around }) {
    const file = configPath(values.config, around.env, around.cwd);
    output.progress("looking …");
    const whole = await loadConfiguration(file, outside);
    // What lies unused beside it, with mistakes, keeps it from nothing.
    const loaded = whole.ok ? whole : await loadConfiguration(file, outside, "used");
    const configuration = loaded.ok ? loaded.configuration : undefined;
    const site = configuration?.site;
    const state = statePath(site?.state, configuration?.folder ?? around.cwd, around.env);
    const lines: readonly Diagnosis[] = [
      !loaded.ok
        ? configurationTrouble(loaded.problem, file)
        : whole.ok
          ? ok("configuration", file)
          : warn("configuration", `${file}; a profile that no device uses has mistakes`, "vitalwire check names them."),
      ...(await diagnoseRuntime()),
      ...(await diagnoseClock(site)),
      ...(await diagnoseDisk(state, site?.journal.maxMegabytes ?? 1024)),
      ...(await diagnosePorts(site)),
      ...(configuration === undefined ? [] : await diagnoseTls(configuration, Date.now())),
      ...(configuration === undefined ? [] : await diagnoseFiles(configuration)),
      ...(await diagnoseGateway(socketPath(values, around), site)),
    ];
    output.progress("");
    output.list(
      [
        { head: "state", cell: (l) => l.state, tone: (l) => tones[l.state] },
        { head: "what", cell: (l) => l.check },
        { head: "found", cell: (l) => l.found },
        { head: "what to do", cell: (l) => l.todo },
      ],
      lines,
    );
    return lines.some((l) => l.state === "bad") ? exit.found : exit.ok;
  },
});

function configurationTrouble({ code, detail }: Problem, file: string): Diagnosis {
  if (code !== "CONFIG_MISSING") return bad("configuration", detail ?? file, "vitalwire check names every mistake.");
  const absent = detail?.startsWith("ENOENT") === true;
  return bad(
    "configuration",
    absent ? `there is no ${file}: devices and destinations were not looked at` : (detail ?? file),
    absent
      ? "Name it (--config FILE, or VITALWIRE_CONFIG), or let scripts/install put a first one there."
      : "Run this as the gateway's user: sudo -u vitalwire vitalwire doctor",
  );
}
