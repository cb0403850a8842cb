import type { Profile } from "../config/profile.ts";
import type { Device } from "../config/site.ts";
import { listAllPorts } from "../links/all-ports.ts";
import { bulkProblem } from "../links/bulk.ts";
import { hidProblem } from "../links/hid.ts";
import type { Problem } from "../model/problem.ts";
import { type Matched, match } from "./match.ts";
import { isBulk } from "./match-bulk.ts";
import { isHid } from "./match-hid.ts";

/** What is plugged into this machine and what it would be used for, seen without opening anything. */
export interface Survey extends Matched {
  /** Why ports that are there cannot be opened. */
  readonly libraries: readonly Problem[];
}

/** Looks at the ports of this machine with the eyes of a configuration; it needs no running gateway. */
export async function survey(devices: readonly Device[], profiles: ReadonlyMap<string, Profile>): Promise<Survey> {
  const matched = match(devices, await listAllPorts(), profiles);
  const ports = matched.ports.map(({ port }) => port);
  const missing = [
    ports.some(isHid) ? await hidProblem() : undefined,
    ports.some(isBulk) ? await bulkProblem() : undefined,
  ];
  return { ...matched, libraries: missing.filter((problem) => problem !== undefined) };
}
