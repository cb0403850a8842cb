import type { Profile } from "../../../src/config/profile.ts";
import type { Capture, CaptureLine } from "../../../src/driver-kit/capture.ts";
import type { Driver, Finding, Scan } from "../../../src/driver-kit/contract.ts";
import { type Replayed, type ReplayOptions, replay } from "../../../src/driver-kit/replay.ts";

/** A driver with the options of a profile, and a capture to try it on. */
export interface Trial {
  readonly driver: Driver;
  readonly options: unknown;
  readonly capture: Capture;
  /** What the profile knows; units and channels outside it are not of the closed set. */
  readonly channels: Profile["channels"];
  readonly ignore: readonly string[];
}

/** A rule looks at a trial and answers with what is against it, in words; nothing where all is well. */
export type Rule = (trial: Trial) => readonly string[];

/** Plays lines to a fresh session; what it throws is a violation in itself. */
export function play(
  { driver, options }: Pick<Trial, "driver" | "options">,
  lines: readonly CaptureLine[],
  how: ReplayOptions = {},
): Replayed | { readonly threw: string } {
  try {
    return replay(driver.session(options), lines, how);
  } catch (error) {
    return { threw: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}

/** What makes a finding this finding: all of it but where it stood. */
export function findingKey({ span: _, ...finding }: Finding): string {
  return JSON.stringify(finding);
}

export function scanKey({ span: _, ...scan }: Scan): string {
  return JSON.stringify(scan);
}

/** What a session read, to compare with what it should have. */
export function readings(played: Replayed): ReadonlySet<string> {
  return new Set([...played.findings.map(findingKey), ...played.scans.map(scanKey)]);
}

/** At most so many of what was found, for one fault usually shows in thousands of ways. */
export function few(violations: Iterable<string>): readonly string[] {
  const shown: string[] = [];
  for (const violation of violations) {
    if (shown.length === 3) return [...shown, "… and more of the kind"];
    shown.push(violation);
  }
  return shown;
}
