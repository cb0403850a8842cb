import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Problem } from "../model/problem.ts";
import { checkSite } from "./check.ts";
import { type Codes, checkCodes } from "./check-codes.ts";
import type { BarcodeJudge } from "./check-places.ts";
import { checkVocabulary, type DriverFacts } from "./check-vocabulary.ts";
import { checkShape } from "./issues.ts";
import { withAbsolutePaths } from "./paths.ts";
import type { Profile } from "./profile.ts";
import {
  type DriverOptions,
  profileSources,
  type ResolvedProfile,
  resolveProfiles,
  shippedProfileSources,
} from "./profiles.ts";
import type { Remark, Source } from "./remark.ts";
import { type Site, siteSchema } from "./site.ts";
import { soundParts } from "./sound-parts.ts";
import { usedOwn, usedSources } from "./used.ts";
import { parseYaml } from "./yaml-text.ts";

/** All texts that a site's operator owns: the one file, and the `profiles/` folder beside it. */
export interface Sources {
  readonly site: Source;
  readonly profiles: readonly Source[];
}

/** A configuration without mistakes. Paths to files in `site` are absolute; `state` is as it was written. */
export interface Configuration {
  readonly file: string;
  readonly folder: string;
  readonly site: Site;
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly sources: Sources;
}

/** What a configuration leans on and cannot know: the drivers, the codes, and what barcode rules can work with. */
export interface Outside extends BarcodeJudge {
  readonly driverOptions: DriverOptions;
  /** Nothing where there is no such driver. */
  readonly driverFacts: (driver: string) => Promise<DriverFacts | undefined>;
  readonly codes: Codes;
}

export type Loaded =
  | { readonly ok: true; readonly configuration: Configuration; readonly notes: readonly Remark[] }
  | { readonly ok: false; readonly problem: Problem; readonly remarks: readonly Remark[] };

/**
 * Which profiles are read, the shipped ones and the site's own: all of them, or those that the site uses. Where the latter
 * finds a mistake, all are read after all, so that what is said of it rests on the whole catalogue.
 */
export type Catalogue = "all" | "used";

/** Reads and checks a site's configuration whole: all mistakes at once, each with file, line and path. */
export async function loadConfiguration(file: string, outside: Outside, catalogue: Catalogue = "all"): Promise<Loaded> {
  let sources: Sources;
  try {
    sources = await readSources(file);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ok: false, problem: { code: "CONFIG_MISSING", detail: why }, remarks: [] };
  }
  return checkSources(sources, outside, catalogue);
}

/** The texts as they are on disk now. Rejects where the site's file cannot be read. */
async function readSources(file: string): Promise<Sources> {
  return {
    site: { file, text: await readFile(file, "utf8") },
    profiles: await profileSources(resolve(dirname(file), "profiles")),
  };
}

/** Checks texts that are already read: those of a last good copy, or of an editor. */
export async function checkSources(sources: Sources, outside: Outside, catalogue: Catalogue = "all"): Promise<Loaded> {
  const shipped = await shippedProfileSources();
  const read = parseYaml(sources.site);
  const shape = read.yaml === undefined ? undefined : checkShape(read.yaml, siteSchema);
  if (catalogue === "used" && shape?.value !== undefined) {
    const profiles = usedOwn(shape.value, sources.profiles);
    const catalogued = usedSources(shape.value, profiles, shipped);
    const used = await check({ ...sources, profiles }, read, shape, catalogued, outside);
    if (used.ok) return used;
  }
  return check(sources, read, shape, shipped, outside);
}

async function check(
  sources: Sources,
  { yaml, remarks }: ReturnType<typeof parseYaml>,
  shape: { readonly value?: Site; readonly remarks: readonly Remark[] } | undefined,
  shipped: readonly Source[],
  outside: Outside,
): Promise<Loaded> {
  const resolved = await resolveProfiles(shipped, sources.profiles, outside.driverOptions);
  const facts = await factsOf(resolved.profiles.values(), yaml?.value, outside);
  const sound = yaml === undefined ? undefined : soundParts(yaml.value);
  const meaning =
    yaml !== undefined && sound !== undefined
      ? checkSite(sound.site, { ...resolved, facts }, outside, sound.locate(yaml.locate))
          .map(sound.asWritten)
          // Of a part of the text no advice can be given.
          .filter(({ severity }) => severity === "mistake" || shape?.value !== undefined)
      : [];
  const own = [...remarks, ...(shape?.remarks ?? []), ...meaning].sort(
    (a, b) => a.line - b.line || a.column - b.column,
  );
  const ofSite = [...resolved.profiles.values()].filter((profile) => !profile.shipped);
  const meanings = ofSite.flatMap((profile) => {
    const driver = facts.get(profile.profile.driver);
    return [...checkCodes(profile, outside.codes), ...(driver === undefined ? [] : checkVocabulary(profile, driver))];
  });
  const all = [...own, ...resolved.remarks, ...meanings];
  const mistakes = all.filter((r) => r.severity === "mistake");
  if (shape?.value === undefined || mistakes.length > 0) {
    const count = mistakes.length === 1 ? "1 mistake" : `${mistakes.length} mistakes`;
    return { ok: false, problem: { code: "CONFIG_INVALID", detail: `${count} in ${sources.site.file}` }, remarks: all };
  }
  const { file } = sources.site;
  const folder = resolve(dirname(file));
  const configuration = {
    file,
    folder,
    site: withAbsolutePaths(shape.value, folder),
    profiles: plain(resolved.profiles),
    sources,
  };
  return { ok: true, configuration, notes: all };
}

/** Of the drivers that a site works with; loading the others would be in vain. */
async function factsOf(
  profiles: Iterable<ResolvedProfile>,
  written: unknown,
  { driverFacts }: Outside,
): Promise<ReadonlyMap<string, DriverFacts>> {
  const named = JSON.stringify(written ?? {});
  const used = [...profiles].filter(({ shipped, profile }) => !shipped || named.includes(`"${profile.id}"`));
  const drivers = [...new Set(used.map(({ profile }) => profile.driver))];
  const found = await Promise.all(drivers.map(async (id) => [id, await driverFacts(id)] as const));
  return new Map(found.flatMap(([id, facts]) => (facts === undefined ? [] : [[id, facts]])));
}

function plain(profiles: ReadonlyMap<string, ResolvedProfile>): ReadonlyMap<string, Profile> {
  return new Map([...profiles].map(([id, { profile }]) => [id, profile]));
}
