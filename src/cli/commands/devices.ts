import { loadConfiguration } from "../../config/load.ts";
import { configPath } from "../../config/paths.ts";
import type { Profile } from "../../config/profile.ts";
import { resolveProfiles, shippedProfileSources } from "../../config/profiles.ts";
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
  readonly profiles: readonly string[];
  readonly why: string;
}

export const devices = command({
  name: "devices",
  summary: "ports and USB devices that are there, what each is used for, and why not",
  usage: "",
  about:
    "Opens nothing, so it may run beside the gateway. A port is named in the configuration by one of its lasting names,\n" +
    "or by its USB identity; names such as /dev/ttyUSB0 may belong to another port after the next plugging in.",
  options: { config: configOption, json: jsonOption },
  words: [0, 0],
  examples: [
    ["vitalwire devices", "what is plugged in, and what the configuration makes of it"],
    ["vitalwire devices --json", "the same for a script"],
  ],
  exits: [exit.found],
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
    output.list(
      [
        { head: "port", cell: (r) => r.port },
        { head: "usb", cell: (r) => r.usb },
        { head: "path", cell: (r) => r.path },
        { head: "product", cell: (r) => r.product },
        { head: "device", cell: (r) => r.device, tone: (r) => (r.type === "device" ? "bad" : "good") },
        { head: "profile", cell: (r) => r.profiles.join(", ") },
        { head: "why", cell: (r) => r.why },
      ],
      rows(found),
      "No serial port, no HID device and no other USB instrument is plugged in.",
    );
    for (const { port } of found.ports)
      if (port.names.length > 0) output.say(`\n${port.path} is also\n${port.names.map((n) => `  ${n}`).join("\n")}`);
    for (const problem of found.libraries) output.problem(problem);
    return found.assignments.every((a) => a.ok) && (loaded.ok || values.config === undefined) ? exit.ok : exit.found;
  },
});

function rows({ ports, assignments }: Survey): readonly Row[] {
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
  const lost = assignments.flatMap((a): readonly Row[] =>
    a.ok
      ? []
      : [
          {
            type: "device",
            device: a.device.id,
            profiles: [],
            why: [a.problem.code, a.problem.detail].filter(Boolean).join(": "),
          },
        ],
  );
  return [...plugged, ...lost];
}

async function shippedProfiles(): Promise<ReadonlyMap<string, Profile>> {
  const { profiles } = await resolveProfiles(await shippedProfileSources(), [], outside.driverOptions);
  return new Map([...profiles].map(([id, { profile }]) => [id, profile]));
}
