import type { Simulation } from "./instrument.ts";

/** Of what several people have, what a profile with these channels maps. `about` names values that are no results. */
export function mappedSamples(
  people: Simulation["samples"],
  channels: Readonly<Record<string, unknown>>,
  about: readonly string[] = [],
): Simulation["samples"] {
  return people.flatMap((person) => {
    const results = Object.keys(person).filter((name) => Object.hasOwn(channels, name));
    if (results.length === 0) return [];
    return [Object.fromEntries(Object.entries(person).filter(([name]) => [...results, ...about].includes(name)))];
  });
}
