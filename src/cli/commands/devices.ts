import { stat } from "node:fs/promises";
import { loadConfiguration } from "../../config/load.ts";
import { configPath } from "../../config/paths.ts";
import type { Profile } from "../../config/profile.ts";
import { resolveProfiles, shippedProfileSources } from "../../config/profiles.ts";
import type { LinkConfig } from "../../config/site.ts";
import type { Assignment } from "../../devices/match.ts";
import { isBulk } from "../../devices/match-bulk.ts";
import { isHid } from "../../devices/match-hid.ts";
import { type Survey, survey } from "../../devices/survey.ts";
import { command, configOption, exit, jsonOption } from "../command.ts";
import { outside } from "../configuration.ts";

/** One port or configured device, as listed. */
interface Row {
  readonly type: "serial" | "hid" | "bulk" | "device";
  readonly port?: string;
  readonly names?: readonly string[];
  readonly usb?: string;
  /** The USB socket that it is plugged into. */
  readonly path?: string;
  readonly product?: string;
  readonly device?: string;
  /** Configured, and not there or not clear where. */
  readonly absent?: true;
  readonly profiles: readonly string[];
  readonly why: string;
}

export const devices = command({
  name: "devices",
  summary: "ports and USB devices that are there, what each is used for, and why not",
  usage: "",
  about:
    "Opens nothing, so it may run beside the gateway. A port is named in the configuration by one of its lasting names,\n" +
    "or by its USB identity; names such as /dev/ttyUSB0 may belong to another port after the next plugging in. Configured\n" +
    "devices whose port is not there are listed with what is awaited.",
  options: { config: configOption, json: jsonOption },
  words: [0, 0],
  examples: [
    ["vitalwire devices", "what is plugged in, and what the configuration makes of it"],
    ["vitalwire devices --json", "the same for a script"],
  ],
  exits: [exit.found],
  exitsHere: { [exit.found]: "a configured device is not there or not clear, or the configuration has mistakes" },
  async run({ values, output, around }) {
    const file = configPath(values.config, around.env, around.cwd);
    const loaded = await loadConfiguration(file, outside);
    if (!loaded.ok && (values.config !== undefined || loaded.problem.code !== "CONFIG_MISSING"))
      output.problem(loaded.problem);
    if (!loaded.ok) output.note("Without a configuration: ports and the profiles that know them.");
    const found = await survey(
      loaded.ok ? loaded.configuration.site.devices : [],
      loaded.ok ? loaded.configuration.profiles : await shippedProfiles(),
    );
    const listed = rows(found, await missingPaths(found));
    output.list(
      [
        { head: "port", cell: (r) => r.port },
        { head: "usb", cell: (r) => r.usb },
        { head: "path", cell: (r) => r.path },
        { head: "product", cell: (r) => r.product },
        { head: "device", cell: (r) => r.device, tone: (r) => (r.absent ? "bad" : "good") },
        { head: "profile", cell: (r) => r.profiles.join(", ") },
        { head: "why", cell: (r) => r.why },
      ],
      listed,
      "No serial port, no HID device and no other USB instrument is plugged in.",
    );
    for (const { port } of found.ports)
      if (port.names.length > 0) output.say(`\n${port.path} is also\n${port.names.map((n) => `  ${n}`).join("\n")}`);
    for (const problem of found.libraries) output.problem(problem);
    const allThere = !listed.some((row) => row.absent);
    return allThere && (loaded.ok || values.config === undefined) ? exit.ok : exit.found;
  },
});

/** Paths that devices name and that are not there. */
async function missingPaths({ assignments }: Survey): Promise<ReadonlySet<string>> {
  const paths = assignments.flatMap((a) => (a.ok && a.path !== undefined ? [a.path] : []));
  const there = await Promise.all(
    paths.map((path) =>
      stat(path)
        .then(() => true)
        .catch(() => false),
    ),
  );
  return new Set(paths.filter((_, i) => !there[i]));
}

function rows({ ports, assignments }: Survey, missing: ReadonlySet<string>): readonly Row[] {
  const plugged = ports.map(({ port, device, why, profiles }): Row => {
    const { usb } = port;
    return {
      type: isHid(port) ? "hid" : isBulk(port) ? "bulk" : "serial",
      port: port.path,
      names: port.names,
      ...(usb && {
        usb: `${usb.vendor}:${usb.product}`,
        path: usb.socket,
        product: [usb.maker, usb.model, usb.serial].filter(Boolean).join(" "),
      }),
      ...(device !== undefined && { device }),
      profiles,
      why,
    };
  });
  const found = new Set(ports.map(({ device }) => device));
  const others = assignments.filter((a) => !a.ok || !found.has(a.device.id)).map((a) => deviceRow(a, missing));
  return [...plugged, ...others];
}

/** A configured device that is none of the ports listed: not there, not clear, or of another kind. */
function deviceRow(assignment: Assignment, missing: ReadonlySet<string>): Row {
  const { device } = assignment;
  const row = { type: "device", device: device.id } as const;
  if (!assignment.ok) {
    const { code, detail } = assignment.problem;
    const profiles = device.profile === undefined ? [] : [device.profile];
    return { ...row, absent: true, profiles, why: [code, detail].filter(Boolean).join(": ") };
  }
  const profiles = [assignment.profile.id];
  const { path } = assignment;
  if (path !== undefined && missing.has(path))
    return { ...row, absent: true, profiles, why: `PORT_MISSING: ${path} is awaited` };
  if (path !== undefined)
    return { ...row, port: path, profiles, why: `it is ${device.id}, at a port without hardware` };
  return { ...row, profiles, why: elsewhere(device.link) };
}

function elsewhere(link: LinkConfig): string {
  if ("tcp" in link) return `the gateway calls ${link.tcp.host}:${link.tcp.port}`;
  if ("listen" in link) return `it calls the gateway at ${link.listen.address}:${link.listen.port}`;
  return "file" in link ? `a recording: ${link.file.path}` : "";
}

async function shippedProfiles(): Promise<ReadonlyMap<string, Profile>> {
  const { profiles } = await resolveProfiles(await shippedProfileSources(), [], outside.driverOptions);
  return new Map([...profiles].map(([id, { profile }]) => [id, profile]));
}
