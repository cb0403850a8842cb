import { type HoldReason, holdReasons, type Standing } from "./observation.ts";

/** Held for these reasons, each once and in the order of the closed list; ready where there is none. */
export function standingFor(reasons: Iterable<HoldReason>): Standing {
  const given = new Set(reasons);
  if (given.size === 0) return { state: "ready" };
  return { state: "held", reasons: holdReasons.filter((reason) => given.has(reason)) };
}

/** Why an observation is held; nothing where it is not. */
export const heldReasons = (standing: Standing): readonly HoldReason[] =>
  standing.state === "held" ? standing.reasons : [];
