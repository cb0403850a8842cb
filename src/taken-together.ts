import type { Request } from "./console/requests.ts";
import { type Journal, JournalError, type StoredObservation } from "./journal/journal.ts";
import type { Observation, Standing } from "./model/observation.ts";
import type { Binding } from "./model/patient.ts";
import { sameSubject } from "./patient/association.ts";

/** What a person decides about readings. */
export type Act = Extract<Request, { do: "hold" | "attach" | "release" | "move" | "discard" }>;

/** Readings that were taken together, as they stood when the decision was made. */
export interface Group {
  /** Those that stand alike, which it is about. */
  readonly members: readonly Observation[];
  readonly versions: readonly number[];
  /** What is held of them and moves along. */
  readonly along: readonly StoredObservation[];
  /** What was taken together with the members and is not of them. */
  readonly others: readonly Observation[];
}

/**
 * The groups that these readings are of: of each, all that stands as the one named does and is of the same patient or
 * specimen, or of nobody yet. What two scans shared out is decided about apart; no reading is in two groups.
 */
export async function groupsOf(journal: Pick<Journal, "observations">, act: Act): Promise<readonly Group[]> {
  const named = await journal.observations({ limit: 1000, ids: act.ids });
  for (const id of act.ids) {
    if (!named.some((row) => row.observation.id === id))
      throw new JournalError("NOT_FOUND", `No reading has the id ${id}.`);
  }
  const groups: Group[] = [];
  const taken = new Set<string>();
  // Those of somebody come first: they take along what is of nobody.
  const bound = named.filter(({ observation }) => observation.binding !== undefined);
  const unbound = named.filter(({ observation }) => observation.binding === undefined);
  for (const { observation } of [...bound, ...unbound]) {
    if (taken.has(observation.id)) continue;
    const rows = (await journal.observations({ limit: 1000, group: observation.group })).toReversed();
    const told = new Set(
      rows.map(({ observation: { reported } }) => JSON.stringify([reported?.patient, reported?.specimen])),
    );
    // Taken together they were, but the instrument names several people: one decision cannot be right for all.
    const together = told.size > 1 ? rows.filter((row) => row.observation.id === observation.id) : rows;
    const alike = together.filter((row) => !taken.has(row.observation.id) && goesWith(observation, row.observation));
    const state = stateFor(act, observation, alike);
    const members = alike.filter((row) => row.observation.standing.state === state);
    const group: Group = {
      members: members.map((row) => row.observation),
      versions: members.map((row) => row.version),
      along:
        act.do === "move" && state === "ready" ? alike.filter((row) => row.observation.standing.state === "held") : [],
      others: together.filter((row) => !members.includes(row)).map((row) => row.observation),
    };
    for (const id of idsOf(group)) taken.add(id);
    groups.push(group);
  }
  return groups;
}

/** A move is of what is filed, and takes what is held of the same group along, whichever of them is named. */
function stateFor(act: Act, { standing }: Observation, alike: readonly StoredObservation[]): Standing["state"] {
  const filed = alike.some((row) => row.observation.standing.state === "ready");
  return act.do === "move" && standing.state === "held" && filed ? "ready" : standing.state;
}

/**
 * Whether what is decided about the one named holds for another of its group: of the same patient, and in the same way
 * or of the same moment. One that a person filed under the patient whom a scan gave the other stands for itself.
 */
function goesWith({ binding: named, times }: Observation, { binding, times: then }: Observation): boolean {
  if (binding === undefined) return true;
  if (named === undefined || !sameSubject(named.subject, binding.subject)) return false;
  return named.method === binding.method || times.measured === then.measured;
}

/** All that a decision changes. */
export function idsOf({ members, along }: Group): readonly string[] {
  return [...members, ...along.map(({ observation }) => observation)].map(({ id }) => id);
}

/**
 * Whether what was taken together with a reading is filed under somebody else: though it was measured at the same
 * moment, or by a person, where the reading was not of the one it goes to before. Two scans may share out what was
 * measured one after the other.
 */
export function isElsewhere(
  { binding: before, times }: Observation,
  after: Binding | undefined,
  { others }: Group,
): boolean {
  return others.some(({ binding: filed, standing, times: then }) => {
    if (standing.state !== "ready" || filed === undefined || after === undefined) return false;
    const stays = before !== undefined && sameSubject(before.subject, after.subject);
    const one = (filed.method === "person" && !stays) || then.measured === times.measured;
    return one && !sameSubject(filed.subject, after.subject);
  });
}
