import { Condition } from "../../../src/devices/condition.ts";
import type { Driver } from "../../../src/driver-kit/contract.ts";
import type { Simulation } from "../../../src/driver-kit/instrument.ts";
import type { Step } from "../../../src/driver-kit/replay.ts";
import { type Cable, duet } from "./duet.ts";
import { few } from "./trial.ts";

/** Silence begins at so many writes, from the first on. */
const mostWrites = 24;
/** It lasts for so many: one question, all tries of it, several questions. */
const lengths = [1, 3, 8];

/**
 * A result that is read again is known by the instrument's name and its own. Whatever answer does not come, no result is
 * told under a name that it does not have when all answers come.
 */
export function namesHold(driver: Driver, options: unknown, simulation: Simulation): readonly string[] {
  const plain = namesIn(duet(driver, options, simulation, "stored").played.steps);
  if (plain.size === 0) return [];
  const found: string[] = [];
  for (const length of lengths)
    for (let from = 1; from <= mostWrites; from++) {
      const cable: Cable = (nth, bytes) => (nth >= from && nth < from + length ? [] : [bytes]);
      for (const name of namesIn(duet(driver, options, simulation, "stored", cable).played.steps))
        if (!plain.has(name)) found.push(`without answers to ${length} writes from number ${from}: ${name}`);
    }
  return few(found);
}

/** The names of all results that may be read again. */
function namesIn(steps: readonly Step[]): ReadonlySet<string> {
  const condition = new Condition({ id: "device", place: "place" } as never, () => {});
  const names = new Set<string>();
  for (const step of steps) {
    if (!("action" in step)) continue;
    const { action } = step;
    if (action.do === "identify") condition.identified(action.identity, undefined);
    if (action.do !== "report") continue;
    const { serial, model } = condition.identity;
    for (const { channel, identity } of action.findings)
      if (identity !== undefined)
        names.add(JSON.stringify([serial === undefined ? "" : [serial, model], channel, identity]));
  }
  return names;
}
