import type { LinkConfig } from "../config/site.ts";
import { closedByFarEnd } from "../links/socket-connection.ts";
import type { DeviceStatus } from "./device.ts";

/** Whether an instrument that calls the gateway has hung up in order: its call is over, and nothing is wrong. */
export function hungUp({ state, problem }: DeviceStatus, link: LinkConfig | undefined): boolean {
  const calls = link !== undefined && "listen" in link;
  return calls && state === "waiting" && problem?.code === "LINK_LOST" && problem.detail === closedByFarEnd;
}
