import type { Field } from "../../hl7/build.ts";
import type { Observation } from "../../model/observation.ts";

/** Values of table 0078 that instruments are known to write; they mean the same in OBX-8. */
export const flagsInTable0078: readonly string[] = ["L", "H", "LL", "HH", "<", ">", "N", "A", "AA"];

/** OBX-8: a bound says that the value was off the instrument's scale. It repeats from 2.5; before, the first stands. */
export function abnormalFlags({ value, flags }: Observation, version: string): Field {
  const known = flags.filter((flag) => flagsInTable0078.includes(flag));
  if (value.kind === "quantity" && value.bound !== undefined && !known.includes(value.bound))
    known.unshift(value.bound);
  return version >= "2.5" ? { repetitions: known } : known[0];
}
