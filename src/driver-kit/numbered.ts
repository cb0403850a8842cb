import type { Kept } from "./memory-session.ts";

/**
 * Tells the results of one download apart that say the same: from the second on their identity has a number. For
 * memories that are read in a sure order, so that one result is not taken for two.
 */
export function numbered(): (finding: Kept) => Kept {
  const times = new Map<string, number>();
  return (finding) => {
    const n = (times.get(finding.identity) ?? 0) + 1;
    times.set(finding.identity, n);
    return n === 1 ? finding : { ...finding, identity: `${finding.identity} #${n}` };
  };
}
