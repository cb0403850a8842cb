import type { Finding } from "../driver-kit/contract.ts";
import { heldReasons, standingFor } from "../model/standing.ts";
import { type Circumstances, normalize, type Unbound } from "./normalize.ts";
import { own } from "./value.ts";

/** What the findings of one report have in common. */
export type Situation = Omit<Circumstances, "id" | "group">;

/**
 * Gives all findings of one report their meaning, in their order. Channels that the profile ignores make no
 * observation. Findings of one group share a group, named by its first observation; an implausible member holds all
 * the others, for what garbled the one has had its hands on them too, unless its channel is `optional`. `mint` gives a
 * new UUIDv7 at each call.
 */
export function normalizeReport(
  findings: readonly Finding[],
  situation: Situation,
  mint: () => string,
): readonly Unbound[] {
  const { channels, ignore } = situation.profile;
  const groups = new Map<string, string>();
  const tainted = new Set<string>();
  const observations: Unbound[] = [];
  for (const finding of findings) {
    if (ignore.length > 0 && ignore.includes(finding.channel)) continue;
    const id = mint();
    const group = finding.group === undefined ? id : (groups.get(finding.group) ?? id);
    if (finding.group !== undefined) groups.set(finding.group, group);
    const observation = normalize(finding, { id, group, ...situation });
    observations.push(observation);
    if (isImplausible(observation) && own(channels, finding.channel)?.optional !== true) tainted.add(group);
  }
  if (tainted.size === 0) return observations;
  return observations.map((o) => (tainted.has(o.group) && !isImplausible(o) ? heldAsImplausible(o) : o));
}

const isImplausible = ({ standing }: Unbound): boolean => heldReasons(standing).includes("implausible");

const heldAsImplausible = (observation: Unbound): Unbound => ({
  ...observation,
  standing: standingFor([...heldReasons(observation.standing), "implausible"]),
});
