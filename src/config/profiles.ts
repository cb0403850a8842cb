import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { whateverStandsIn } from "./looked.ts";
import type { Source } from "./remark.ts";
import { type DriverOptions, lookAtProfiles, type ProfileText, type Resolved } from "./resolve.ts";
import { parseYaml } from "./yaml-text.ts";

/** The folder that holds the drivers' folders: that of the checkout, or of the build. */
export const driversFolder = new URL("../../drivers/", import.meta.url);

/** The shipped profiles: `drivers/<id>/profiles/*.yaml`. */
export async function shippedProfileSources(folder: URL = driversFolder): Promise<readonly Source[]> {
  const drivers = await entries(folder);
  const found = await Promise.all(drivers.map((d) => profileSources(fileURLToPath(new URL(`${d}/profiles/`, folder)))));
  return found.flat();
}

/** A folder's `*.yaml` files in the order of their names; none where there is no such folder. */
export async function profileSources(folder: string): Promise<readonly Source[]> {
  const files = (await entries(folder)).filter((name) => /^[^.].*\.ya?ml$/.test(name));
  return Promise.all(
    files.map(async (name) => ({ file: join(folder, name), text: await readFile(join(folder, name), "utf8") })),
  );
}

async function entries(folder: string | URL): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) return [];
    throw error;
  }
}

export function readProfiles(shipped: readonly Source[], site: readonly Source[]): readonly ProfileText[] {
  return [
    ...shipped.map((source) => ({ source, shipped: true, ...parseYaml(source) })),
    ...site.map((source) => ({ source, shipped: false, ...parseYaml(source) })),
  ];
}

/** What can be told of profiles by themselves. */
export interface ResolvedProfiles extends Pick<Resolved, "profiles" | "remarks"> {
  /** Ids of those whose form is wrong, and which are not among `profiles`. */
  readonly broken: ReadonlySet<string>;
}

/** The profiles whose form is right, with what each is `like` brought in, and all that is said of all of them. */
export async function resolveProfiles(
  shipped: readonly Source[],
  site: readonly Source[],
  driverOptions: DriverOptions,
): Promise<ResolvedProfiles> {
  const texts = readProfiles(shipped, site);
  const found = await whateverStandsIn((standIns) => lookAtProfiles(texts, driverOptions, standIns));
  const profiles = new Map([...found.profiles].filter(([, { whole }]) => whole));
  const broken = [...found.broken, ...found.profiles.keys()].filter((id) => !profiles.has(id));
  return { profiles, broken: new Set(broken), remarks: found.remarks };
}
