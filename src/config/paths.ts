import { resolve } from "node:path";

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
