import { type Remark, remarkText } from "./remark.ts";
import { StandIns } from "./stand-ins.ts";

/** What was found in texts of which some parts may not be readable. */
export interface Looked {
  readonly remarks: readonly Remark[];
  /** Whether nothing stands in. */
  readonly whole: boolean;
}

/**
 * What is found whatever stands in for the parts that cannot be read, each thing told once: mistakes of the sound parts,
 * and none that only follow from another mistake.
 */
export async function whateverStandsIn<L extends Looked>(look: (standIns: StandIns) => Promise<L>): Promise<L> {
  const found = await look(new StandIns("a"));
  const told = new Map(found.remarks.map((remark) => [key(remark), remark]));
  if (!found.whole) {
    const again = new Set((await look(new StandIns("b"))).remarks.map(key));
    for (const one of told.keys()) if (!again.has(one)) told.delete(one);
  }
  return { ...found, remarks: [...told.values()] };
}

const key = (remark: Remark): string => `${remark.severity} ${remarkText(remark)}`;
