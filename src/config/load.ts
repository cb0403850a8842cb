import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Problem } from "../model/problem.ts";
import { checkSite } from "./check.ts";
import type { Codes } from "./check-codes.ts";
import { checkOwnProfile } from "./check-own-profile.ts";
import type { BarcodeJudge } from "./check-places.ts";
import type { DriverFacts } from "./check-vocabulary.ts";
import { checkForm } from "./form.ts";
import { type Looked, whateverStandsIn } from "./looked.ts";
import { withAbsolutePaths } from "./paths.ts";
import type { Profile } from "./profile.ts";
import { profileSources, readProfiles, shippedProfileSources } from "./profiles.ts";
import type { Remark, Source } from "./remark.ts";
import {
  type DriverOptions,
  lookAtProfiles,
  type ProfileText,
  type Resolved,
  type ResolvedProfile,
} from "./resolve.ts";
import { placeSchema, type Site, siteSchema } from "./site.ts";
import type { StandIns } from "./stand-ins.ts";
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
  if (catalogue === "used") {
    const written = siteSchema.safeParse(read.yaml?.value);
    if (written.success) {
      const profiles = usedOwn(written.data, sources.profiles);
      const catalogued = usedSources(written.data, profiles, shipped);
      const used = await check({ ...sources, profiles }, read, catalogued, outside);
      if (used.ok) return used;
    }
  }
  return check(sources, read, shipped, outside);
}

type Read = ReturnType<typeof parseYaml>;

async function check(sources: Sources, read: Read, shipped: readonly Source[], outside: Outside): Promise<Loaded> {
  const { file } = sources.site;
  const texts = readProfiles(shipped, sources.profiles);
  const found = await whateverStandsIn((standIns) => look(read, texts, outside, standIns));
  const files = [...new Set([file, ...found.remarks.map((remark) => remark.file)])];
  const remarks = found.remarks.toSorted(
    (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
  );
  const mistakes = remarks.filter((r) => r.severity === "mistake");
  if (found.site === undefined || !found.whole || mistakes.length > 0) {
    const count = mistakes.length === 1 ? "1 mistake" : `${mistakes.length} mistakes`;
    const where = [...new Set(mistakes.map((one) => one.file))].join(", ");
    return { ok: false, problem: { code: "CONFIG_INVALID", detail: `${count} in ${where}` }, remarks };
  }
  const folder = resolve(dirname(file));
  const site = withAbsolutePaths(found.site, folder);
  const configuration = { file, folder, site, profiles: plain(found.profiles), sources };
  return { ok: true, configuration, notes: remarks };
}

interface Found extends Looked {
  readonly site: Site | undefined;
  readonly profiles: ReadonlyMap<string, ResolvedProfile>;
}

/** All that is said of a site and its profiles, with these stand-ins for what cannot be read. */
async function look(
  { yaml, remarks }: Read,
  texts: readonly ProfileText[],
  outside: Outside,
  standIns: StandIns,
): Promise<Found> {
  const resolved = await lookAtProfiles(texts, outside.driverOptions, standIns);
  const { profiles } = resolved;
  const form = yaml === undefined ? undefined : checkForm(yaml, siteSchema, standIns);
  const site = form?.value;
  const facts = await factsOf(profiles.values(), form?.yaml.value, outside);
  const meaning: Remark[] = [];
  if (form !== undefined && site !== undefined) {
    const known = { ...resolved, broken: unreadable(site, resolved), facts };
    meaning.push(...checkSite(withWanted(site, standIns), known, outside, form.yaml.locate).filter(of(form.whole)));
  }
  for (const profile of resolved.own) {
    const said = checkOwnProfile(profile, facts.get(profile.profile.driver), outside.codes);
    meaning.push(...said.filter(of(profile.whole)));
  }
  return {
    site,
    profiles,
    remarks: [...remarks, ...(form?.remarks ?? []), ...meaning, ...resolved.remarks],
    whole: resolved.whole && form?.whole !== false,
  };
}

/** Of a text that is not whole no advice can be given. */
const of =
  (whole: boolean) =>
  ({ severity }: Remark): boolean =>
    whole || severity === "mistake";

/** Where a place has no name that can be read, those that devices name may be its. */
function withWanted(site: Site, standIns: StandIns): Site {
  const { places, devices } = site;
  if (!places.some(({ id }) => standIns.gave(id))) return site;
  const wanted = [...new Set(devices.map(({ place }) => place))].filter((id) => !places.some((p) => p.id === id));
  return { ...site, places: [...places, ...wanted.map((id) => placeSchema.parse({ id, kind: "exam-room" }))] };
}

/** The same for profiles. */
function unreadable({ devices }: Site, { broken, nameless }: Resolved): ReadonlySet<string> {
  return new Set([...broken, ...(nameless ? devices.flatMap(({ profile }) => profile ?? []) : [])]);
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
