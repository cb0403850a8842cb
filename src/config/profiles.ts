import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { z } from "zod";
import { checkShape, issueRemarks } from "./issues.ts";
import { nearest } from "./nearest.ts";
import { type Profile, profileFileSchema, profileSchema } from "./profile.ts";
import { type Locate, mistake, type Path, type Remark, type Source } from "./remark.ts";
import { parseYaml, type YamlText } from "./yaml-text.ts";

/** A profile with everything that `like` brought, and the way back to the lines of whichever file said it. */
export interface ResolvedProfile {
  readonly profile: Profile;
  readonly file: string;
  /** Its own file, and that of what it is like. */
  readonly files: readonly string[];
  readonly shipped: boolean;
  readonly locate: Locate;
}

/** Answers the options that a driver takes, or nothing where there is no such driver. */
export type DriverOptions = (driver: string) => Promise<z.ZodType | undefined>;

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

export interface Resolved {
  readonly profiles: ReadonlyMap<string, ResolvedProfile>;
  /** Ids whose files have mistakes: known, and of no use until they are mended. */
  readonly broken: ReadonlySet<string>;
  readonly remarks: readonly Remark[];
}

interface Draft {
  readonly source: Source;
  readonly shipped: boolean;
  readonly yaml: YamlText;
  readonly id: string;
  readonly like: string | undefined;
}

/**
 * Reads profiles, brings in what each is `like`, and checks them, the driver's options by the driver's own schema. A
 * site's profile may not take the id of a shipped one: which of the two a device means would be a guess.
 */
export async function resolveProfiles(
  shipped: readonly Source[],
  site: readonly Source[],
  driverOptions: DriverOptions,
): Promise<Resolved> {
  const remarks: Remark[] = [];
  const drafts = new Map<string, Draft>();
  const seen = new Set<string>();
  const labelled = [
    ...shipped.map((source) => ({ source, shipped: true })),
    ...site.map((source) => ({ source, shipped: false })),
  ];
  for (const { source, shipped: isShipped } of labelled) {
    const { yaml, remarks: found } = parseYaml(source);
    remarks.push(...found);
    if (yaml === undefined) continue;
    const shape = checkShape(yaml, profileFileSchema);
    remarks.push(...shape.remarks);
    const named = record(yaml.value)["id"];
    if (typeof named === "string") seen.add(named);
    if (shape.value === undefined) continue;
    const { id, like } = shape.value;
    const earlier = drafts.get(id);
    if (earlier !== undefined) {
      const whose = earlier.shipped && !isShipped ? "is that of a profile shipped with Vitalwire" : "is taken already";
      const todo = earlier.shipped && !isShipped ? `Give this one its own id, with “like: ${id}”.` : "";
      remarks.push(mistake(yaml.locate, ["id"], `“${id}” ${whose} (${earlier.source.file}). ${todo}`.trimEnd()));
      continue;
    }
    drafts.set(id, { source, shipped: isShipped, yaml, id, like });
  }

  const profiles = new Map<string, ResolvedProfile>();
  for (const draft of drafts.values()) {
    const base = draft.like === undefined ? undefined : drafts.get(draft.like);
    if (draft.like !== undefined && (base === undefined || base.like !== undefined)) {
      const broken = base === undefined && seen.has(draft.like);
      if (!broken) remarks.push(mistake(draft.yaml.locate, ["like"], unfit(draft.like, base, drafts.keys())));
      continue;
    }
    const merged = merge(draft, base);
    const shape = checkShape(merged, profileSchema);
    remarks.push(...shape.remarks);
    if (shape.value === undefined) continue;
    remarks.push(...ranges(shape.value, merged.locate), ...(await checkOptions(shape.value, merged, driverOptions)));
    const { source, shipped: isShipped } = draft;
    profiles.set(draft.id, {
      profile: shape.value,
      file: source.file,
      files: [source.file, ...(base === undefined ? [] : [base.source.file])],
      shipped: isShipped,
      locate: merged.locate,
    });
  }
  return { profiles, broken: new Set([...seen].filter((id) => !profiles.has(id))), remarks };
}

function unfit(like: string, base: Draft | undefined, known: Iterable<string>): string {
  if (base !== undefined) return `“${like}” is itself like another profile (${base.like}); name that one.`;
  const meant = nearest(like, known);
  return `There is no profile “${like}”.${meant === undefined ? "" : ` Did you mean “${meant}”?`}`;
}

/** What the file gives replaces the base's keys; channels merge by name. Lines lead to the file that said it. */
function merge(draft: Draft, base: Draft | undefined): YamlText {
  if (base === undefined) return draft.yaml;
  const own = Object.fromEntries(Object.entries(record(draft.yaml.value)).filter(([key]) => key !== "like"));
  const below = Object.fromEntries(Object.entries(record(base.yaml.value)).filter(([key]) => key !== "like"));
  const channels = { ...record(below["channels"]), ...record(own["channels"]) };
  const from = ([key, name]: Path): YamlText => {
    if (key === undefined || key === "channels") {
      const mine = key === undefined || (name !== undefined && Object.hasOwn(record(own["channels"]), name));
      return mine ? draft.yaml : base.yaml;
    }
    return Object.hasOwn(own, key) || !Object.hasOwn(below, key) ? draft.yaml : base.yaml;
  };
  return {
    value: { ...below, ...own, ...(Object.keys(channels).length > 0 && { channels }) },
    locate: (path) => from(path).locate(path),
    written: (path) => from(path).written(path),
  };
}

async function checkOptions(
  profile: Profile,
  yaml: YamlText,
  driverOptions: DriverOptions,
): Promise<readonly Remark[]> {
  const schema = await driverOptions(profile.driver);
  if (schema === undefined) return [mistake(yaml.locate, ["driver"], `There is no driver “${profile.driver}”.`)];
  const parsed = schema.safeParse(profile.options);
  return parsed.success ? [] : issueRemarks(parsed.error.issues, yaml, schema, ["options"]);
}

function ranges(profile: Profile, locate: Locate): readonly Remark[] {
  return Object.entries(profile.channels).flatMap(([name, channel]) =>
    Object.entries(channel.range ?? {}).flatMap(([unit, [least, most]]) =>
      least <= most ? [] : [mistake(locate, ["channels", name, "range", unit], `${least} is more than ${most}.`)],
    ),
  );
}

const record = (v: unknown): Record<string, unknown> =>
  typeof v === "object" && v !== null && !Array.isArray(v) ? (v as Record<string, unknown>) : {};
