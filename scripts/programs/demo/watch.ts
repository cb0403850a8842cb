import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "../../../src/cli/control-client.ts";
import type { GatewayStatus } from "../../../src/console/answers.ts";
import type { StoredObservation } from "../../../src/journal/journal.ts";
import { missing, type Watch } from "./visit.ts";

/** Far longer than any step takes, also on a busy machine: whatever is not there by then is missing. */
const longestMs = 60_000;
/** More readings than one visit has, doubled ones and all. */
const mostReadings = 1000;

/** Follows the gateway over its control socket. Nothing waits for more than a minute. */
export interface GatewayWatch extends Watch {
  devicesReady(count: number): Promise<void>;
  /** Waits until nothing that is stored waits to be delivered. */
  delivered(): Promise<void>;
  /** Readings that are there already do not count from now on. */
  nextVisit(): void;
}

export function watchGateway(socket: string, stop: AbortSignal): GatewayWatch {
  /** The newest reading of the last visit, and the newest that was seen. */
  let before = 0;
  let newest = 0;

  async function until(reached: () => Promise<boolean>): Promise<void> {
    const end = performance.now() + longestMs;
    while (!(await reached()) && performance.now() < end) await sleep(50, undefined, { signal: stop });
  }

  const untilStatus = (reached: (status: GatewayStatus) => boolean): Promise<void> =>
    until(async () => {
      for await (const row of ask(socket, { do: "status" }, stop)) if (reached(row as GatewayStatus)) return true;
      return false;
    });

  return {
    associated: (place) => untilStatus(({ places }) => places.some((p) => p.place === place && p.open)),
    stored: (which) =>
      until(async () => {
        const readings: StoredObservation[] = [];
        for await (const row of ask(socket, { do: "readings", afterSeq: before, limit: mostReadings }, stop))
          readings.push(row as StoredObservation);
        newest = readings.at(-1)?.seq ?? newest;
        return (
          missing(
            which,
            readings.map(({ observation }) => observation),
          ).length === 0
        );
      }),
    devicesReady: (count) =>
      untilStatus(({ devices }) => devices.filter((d) => d.state === "ready" || d.state === "talking").length >= count),
    delivered: () =>
      untilStatus(({ counts }) =>
        Object.values(counts.deliveries).every((states) => (states["queued"] ?? 0) + (states["sending"] ?? 0) === 0),
      ),
    nextVisit() {
      before = newest;
    },
  };
}
