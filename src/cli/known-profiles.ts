import { access } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { checkOwnProfile } from "../config/check-own-profile.ts";
import { nearest } from "../config/nearest.ts";
import { configPath } from "../config/paths.ts";
import type { Profile } from "../config/profile.ts";
import { profileSources, type ResolvedProfiles, resolveProfiles, shippedProfileSources } from "../config/profiles.ts";
import type { Remark, Source } from "../config/remark.ts";
import { type Call, configOption, type Exit, exit, type OptionSpecs, UsageError } from "./command.ts";
import { outside, showRemarks } from "./configuration.ts";

/** `--config` of a command that wants a site's profiles and nothing else of it. */
export const profilesOption = {
  ...configOption,
  help: "the site whose profiles/ folder is used beside the shipped ones",
} as const;

/** The shipped profiles and a site's own, each to be asked for by its id. */
export interface KnownProfiles {
  /**
   * The profile, or the exit code to end with where it has mistakes. What `check` would remark of a site's own is
   * shown, once. Throws a UsageError where there is no such profile.
   */
  find(id: string): Promise<Profile | Exit>;
}

type Around = Pick<Call<OptionSpecs>, "output" | "around">;

/**
 * What profiles a command can be asked for, those beside the site's file included; or the exit code to end with where
 * the one that was named is not there. Mistakes in any of the site's own are shown.
 */
export async function knownProfiles(call: Around, config: string | undefined): Promise<KnownProfiles | Exit> {
  const { output, around } = call;
  const file = configPath(config, around.env, around.cwd);
  let own: readonly Source[] = [];
  try {
    if (config !== undefined) await access(file);
    own = await profileSources(resolve(dirname(file), "profiles"));
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    if (config !== undefined) {
      output.problem({ code: "CONFIG_MISSING", detail });
      return exit.failed;
    }
    // Whoever may not look into the service's folder still has the shipped ones.
    output.note(`The profiles beside ${file} are left out: ${detail}`);
  }
  const resolved = await resolveProfiles(await shippedProfileSources(), own, outside.driverOptions);
  showRemarks(output, resolved.remarks, around.cwd, "err");
  const found = new Map<string, Promise<Profile | Exit>>();
  return {
    find(id) {
      const known = found.get(id) ?? usable(id, resolved, call);
      found.set(id, known);
      return known;
    },
  };
}

async function usable(id: string, resolved: ResolvedProfiles, { output, around }: Around): Promise<Profile | Exit> {
  const profile = resolved.profiles.get(id);
  if (profile === undefined && !resolved.broken.has(id)) {
    const meant = nearest(id, resolved.profiles.keys());
    throw new UsageError(`There is no profile “${id}”.${meant === undefined ? "" : ` Did you mean “${meant}”?`}`);
  }
  const remarks: readonly Remark[] =
    profile === undefined || profile.shipped
      ? []
      : checkOwnProfile(profile, await outside.driverFacts(profile.profile.driver), outside.codes);
  showRemarks(output, remarks, around.cwd, "err");
  const ofIt = [...resolved.remarks, ...remarks].filter(({ file }) => profile?.files.includes(file));
  if (profile !== undefined && ofIt.every(({ severity }) => severity === "note")) return profile.profile;
  output.problem({ code: "PROFILE_INVALID", detail: `“${id}” is of no use until its mistakes are mended.` });
  return exit.found;
}
