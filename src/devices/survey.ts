import type { Profile } from "../config/profile.ts";
import type { Device } from "../config/site.ts";
import { hidProblem } from "../links/hid.ts";
import { listHidPorts } from "../links/hid-ports.ts";
import { listPorts } from "../links/ports.ts";
import type { Problem } from "../model/problem.ts";
import { type Matched, match } from "./match.ts";

/** What is plugged into this machine and what it would be used for, seen without opening anything. */
export interface Survey extends Matched {
  /** Why the HID interfaces that are there cannot be opened. */
  readonly hidProblem?: Problem;
}

/** Looks at the ports of this machine with the eyes of a configuration; it needs no running gateway. */
export async function survey(devices: readonly Device[], profiles: ReadonlyMap<string, Profile>): Promise<Survey> {
  const [ports, hid] = await Promise.all([listPorts(), listHidPorts()]);
  const matched = match(devices, [...ports, ...hid], profiles);
  const problem = hid.length === 0 ? undefined : await hidProblem();
  return problem === undefined ? matched : { ...matched, hidProblem: problem };
}
