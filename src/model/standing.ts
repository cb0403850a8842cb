import { type HoldReason, holdReasons, type Standing } from "./observation.ts";

/** Held for these reasons, each once and in the order of the closed list; ready where there is none. */
export function standingFor(reasons: readonly HoldReason[]): Standing {
  if (reasons.length === 0) return ready;
  return { state: "held", reasons: holdReasons.filter((reason) => reasons.includes(reason)) };
}

const ready: Standing = { state: "ready" };

/** Why an observation is held; nothing where it is not. */
export const heldReasons = (standing: Standing): readonly HoldReason[] =>
  standing.state === "held" ? standing.reasons : none;

const none: readonly HoldReason[] = [];
