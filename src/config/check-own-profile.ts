import { type Codes, checkCodes } from "./check-codes.ts";
import { checkVocabulary, type DriverFacts } from "./check-vocabulary.ts";
import type { Remark } from "./remark.ts";
import type { ResolvedProfile } from "./resolve.ts";

/**
 * What is to be said of a profile that a site wrote, beyond its form: its codes and units, and what its templates name
 * and nothing maps, in the order of its lines. Without its driver's facts, the former alone.
 */
export function checkOwnProfile(
  profile: ResolvedProfile,
  driver: DriverFacts | undefined,
  codes: Codes,
): readonly Remark[] {
  const all = [...checkCodes(profile, codes), ...(driver === undefined ? [] : checkVocabulary(profile, driver))];
  return all.sort((a, b) => a.line - b.line || a.column - b.column);
}
