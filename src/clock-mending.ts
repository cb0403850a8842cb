import type { Journal, NewDelivery } from "./journal/journal.ts";
import type { Observation } from "./model/observation.ts";
import { problemCodeOf } from "./model/problem.ts";
import { heldReasons, standingFor } from "./model/standing.ts";
import type { HostTime, Times } from "./model/times.ts";

export interface MendingParts {
  readonly journal: Pick<Journal, "observations" | "amend">;
  /** Writes the deliveries of readings that are ready. */
  readonly address: (observations: readonly Observation[]) => readonly NewDelivery[];
}

/** Held readings looked at in one go. */
const most = 1000;

/**
 * Gives readings that were held for the host's unset clock their true time, now that it is set, and lets them go if
 * nothing else holds them. The monotonic clock says how long ago each arrived, so only readings of this boot can be
 * mended; and only those whose time came from this clock. The others wait for a person. Answers how many were mended.
 */
export async function mendTimes({ journal, address }: MendingParts, now: HostTime): Promise<number> {
  const held = await journal.observations({ limit: most, standing: "held" });
  const groups = new Map<string, { readonly members: Observation[]; readonly versions: number[] }>();
  for (const { observation, version } of held.toReversed()) {
    const times = mended(observation, now);
    if (times === undefined) continue;
    const standing = standingFor(heldReasons(observation.standing).filter((reason) => reason !== "host-clock"));
    const key = JSON.stringify([observation.group, times, standing]);
    const group = groups.get(key) ?? { members: [], versions: [] };
    group.members.push({ ...observation, times, standing });
    group.versions.push(version);
    groups.set(key, group);
  }
  let count = 0;
  for (const { members, versions } of groups.values()) {
    const [first] = members;
    if (first === undefined) continue;
    const observations = members.map((o) => o.id);
    const amended = journal.amend({
      observations,
      versions,
      from: "held",
      standing: first.standing,
      times: first.times,
      event: { at: now.wall, type: "time-mended", data: { observations } },
      deliveries: first.standing.state === "ready" ? address(members) : [],
    });
    // One that a person decided about meanwhile is looked at again with the next round.
    await amended.then(
      () => {
        count += members.length;
      },
      (error: unknown) => {
        if (problemCodeOf(error) !== "NOT_ALLOWED") throw error;
      },
    );
  }
  return count;
}

function mended({ standing, times }: Observation, now: HostTime): Times | undefined {
  const { received, measured, source } = times;
  if (!heldReasons(standing).includes("host-clock") || received.boot !== now.boot) return undefined;
  if (source !== "arrival" && source !== "age") return undefined;
  const arrivedMs = Date.parse(now.wall) - (now.monotonicMs - received.monotonicMs);
  const shiftMs = arrivedMs - Date.parse(received.wall);
  return {
    ...times,
    received: { ...received, wall: new Date(arrivedMs).toISOString(), quality: "synchronised" },
    measured: new Date(Date.parse(measured) + shiftMs).toISOString(),
  };
}
