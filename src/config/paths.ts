import { resolve } from "node:path";
import type { Site } from "./site.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** The configuration file: the one given, `$VITALWIRE_CONFIG`, or the service's own. */
export function configPath(given: string | undefined, env: Env, cwd: string): string {
  return resolve(cwd, given ?? env["VITALWIRE_CONFIG"] ?? "/etc/vitalwire/site.yaml");
}

/**
 * The state folder: the site's `state` (relative to its file), `$STATE_DIRECTORY` as systemd sets it, or the
 * service's own.
 */
export function statePath(state: string | undefined, folder: string, env: Env): string {
  if (state !== undefined) return resolve(folder, state);
  return env["STATE_DIRECTORY"]?.split(":")[0] || "/var/lib/vitalwire";
}

/** The site with every path to a file made absolute: what is relative counts from the folder of the site's own file. */
export function withAbsolutePaths(site: Site, folder: string): Site {
  const at = (path: string): string => resolve(folder, path);
  const files = <T extends object>(section: T, ...keys: readonly (keyof T)[]): T => {
    const made = { ...section };
    for (const key of keys) {
      const path = section[key];
      if (typeof path === "string") made[key] = at(path) as T[typeof key];
    }
    return made;
  };
  const secured = <T extends { readonly tls?: Tls | undefined }>(section: T): T =>
    section.tls === undefined ? section : { ...section, tls: files(section.tls, "ca", "cert", "key") };
  return {
    ...site,
    sinks: site.sinks.map((sink) => {
      if ("hl7" in sink) return { ...sink, hl7: secured(sink.hl7) };
      if ("mqtt" in sink) return { ...sink, mqtt: secured(files(sink.mqtt, "passwordFile")) };
      return { ...sink, file: files(sink.file, "path") };
    }),
    devices: site.devices.map((device) =>
      "file" in device.link ? { ...device, link: { file: files(device.link.file, "path") } } : device,
    ),
  };
}

type Tls = NonNullable<Extract<Site["sinks"][number], { hl7: unknown }>["hl7"]["tls"]>;
