import type { z } from "zod";
import { checkForm, type Form } from "./form.ts";
import type { Looked } from "./looked.ts";
import { nearest } from "./nearest.ts";
import { type Profile, profileFileSchema, profileSchema } from "./profile.ts";
import { type Locate, mistake, type Path, type Remark, type Source } from "./remark.ts";
import type { StandIns } from "./stand-ins.ts";
import { topLevelKey } from "./used.ts";
import type { YamlText } from "./yaml-text.ts";

/** A profile with everything that `like` brought, and the way back to the lines of whichever file said it. */
export interface ResolvedProfile {
  readonly profile: Profile;
  readonly file: string;
  /** Its own file, and that of what it is like. */
  readonly files: readonly string[];
  readonly shipped: boolean;
  /** Whether nothing stands in for what is wrong. */
  readonly whole: boolean;
  readonly locate: Locate;
}

/** Answers the options that a driver takes, or nothing where there is no such driver. */
export type DriverOptions = (driver: string) => Promise<z.ZodType | undefined>;

/** One profile's file. */
export interface ProfileText {
  readonly source: Source;
  readonly shipped: boolean;
  /** Nothing where it is no YAML. */
  readonly yaml?: YamlText;
  readonly remarks: readonly Remark[];
}

export interface Resolved extends Looked {
  /** Also those with mistakes; where their form is wrong, something stands in. */
  readonly profiles: ReadonlyMap<string, ResolvedProfile>;
  /** Those of the site itself, also where their id is another's. */
  readonly own: readonly ResolvedProfile[];
  /** Ids of profiles that cannot be read at all. */
  readonly broken: ReadonlySet<string>;
  /** Whether some profile's id cannot be told, so that it may be any. */
  readonly nameless: boolean;
}

/** A text with stand-ins for what is wrong in it. */
interface Draft {
  readonly text: ProfileText;
  readonly yaml: YamlText;
  readonly id: string;
  readonly like: string | undefined;
  readonly whole: boolean;
}

/**
 * Brings in what each profile is `like` and checks them, the driver's options by the driver's own schema. A site's
 * profile may not take the id of a shipped one: which of the two a device means would be a guess.
 */
export async function lookAtProfiles(
  texts: readonly ProfileText[],
  driverOptions: DriverOptions,
  standIns: StandIns,
): Promise<Resolved> {
  const remarks: Remark[] = texts.flatMap((text) => text.remarks);
  const { drafts, named, broken, nameless, whole: written } = draftsOf(texts, standIns, remarks);
  const alone = new Map<Draft, Form<Profile>>();
  const byItself = (draft: Draft): Form<Profile> => {
    const form = alone.get(draft) ?? checkForm(withoutLike(draft.yaml), profileSchema, standIns);
    alone.set(draft, form);
    return form;
  };
  const profiles = new Map<string, ResolvedProfile>();
  const own: ResolvedProfile[] = [];
  let allWhole = written;
  for (const draft of drafts) {
    const { like } = draft;
    const base = like === undefined ? undefined : named.get(like);
    const lost = like !== undefined && (base === undefined || base.like !== undefined);
    if (lost && (base !== undefined || !(nameless || broken.has(like))))
      remarks.push(mistake(draft.yaml.locate, ["like"], unfit(like, base, named.keys())));
    const below = base === undefined || lost ? undefined : byItself(base);
    const form =
      below === undefined ? byItself(draft) : checkForm(merge(draft.yaml, below.yaml), profileSchema, standIns);
    // What is missing would have come from the profile that was not found.
    if (!lost) remarks.push(...form.remarks);
    if (form.value === undefined) continue;
    const options = await checkOptions(form.value, form.yaml, driverOptions, standIns);
    remarks.push(...ranges(form.value, form.yaml.locate), ...options.remarks);
    const whole = draft.whole && form.whole && !lost && below?.whole !== false;
    allWhole &&= whole && options.whole;
    const { source, shipped } = draft.text;
    const { file } = source;
    const files = base === undefined ? [file] : [file, base.text.source.file];
    const profile = { profile: form.value, file, files, shipped, locate: form.yaml.locate, whole };
    if (!shipped) own.push(profile);
    if (named.get(draft.id) === draft) profiles.set(draft.id, profile);
  }
  return { profiles, own, broken, nameless, remarks, whole: allWhole };
}

function draftsOf(texts: readonly ProfileText[], standIns: StandIns, remarks: Remark[]) {
  const drafts: Draft[] = [];
  const named = new Map<string, Draft>();
  const broken = new Set<string>();
  let nameless = false;
  let whole = true;
  for (const text of texts) {
    const form = text.yaml && checkForm(text.yaml, profileFileSchema, standIns);
    remarks.push(...(form?.remarks ?? []));
    whole &&= form?.whole !== false;
    if (form?.value === undefined) {
      const id = topLevelKey("id", text.source);
      if (id === undefined) nameless = true;
      else broken.add(id);
      continue;
    }
    const { id, like } = form.value;
    const draft: Draft = { text, yaml: form.yaml, id, like, whole: form.whole };
    nameless ||= standIns.gave(id);
    drafts.push(draft);
    const earlier = named.get(id);
    if (earlier === undefined) named.set(id, draft);
    else remarks.push(mistake(form.yaml.locate, ["id"], taken(draft, earlier)));
  }
  return { drafts, named, broken, nameless, whole };
}

function taken({ id, text }: Draft, { text: earlier }: Draft): string {
  const { file } = earlier.source;
  if (text.shipped || !earlier.shipped) return `“${id}” is taken already (${file}).`;
  return `“${id}” is that of a profile shipped with Vitalwire (${file}). Give this one its own id, with “like: ${id}”.`;
}

function unfit(like: string, base: Draft | undefined, known: Iterable<string>): string {
  if (base !== undefined) return `“${like}” is itself like another profile (${base.like}); name that one.`;
  const meant = nearest(like, known);
  return `There is no profile “${like}”.${meant === undefined ? "" : ` Did you mean “${meant}”?`}`;
}

function withoutLike(yaml: YamlText): YamlText {
  const { like: _, ...value } = record(yaml.value);
  return { ...yaml, value };
}

/** What the file gives replaces the base's keys; channels merge by name. Lines lead to the file that said it. */
function merge(draft: YamlText, base: YamlText): YamlText {
  const own = record(withoutLike(draft).value);
  const below = record(base.value);
  const channels = { ...record(below["channels"]), ...record(own["channels"]) };
  const from = ([key, name]: Path): YamlText => {
    if (key === undefined || key === "channels") {
      const mine = key === undefined || (name !== undefined && Object.hasOwn(record(own["channels"]), name));
      return mine ? draft : base;
    }
    return Object.hasOwn(own, key) || !Object.hasOwn(below, key) ? draft : base;
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
  standIns: StandIns,
): Promise<Looked> {
  const schema = await driverOptions(profile.driver);
  if (schema === undefined)
    return { remarks: [mistake(yaml.locate, ["driver"], `There is no driver “${profile.driver}”.`)], whole: true };
  if (standIns.gave(record(yaml.value)["options"])) return { remarks: [], whole: false };
  return checkForm({ ...yaml, value: { ...record(yaml.value), options: profile.options } }, schema, standIns, [
    "options",
  ]);
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
