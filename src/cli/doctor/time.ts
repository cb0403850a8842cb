import { existsSync } from "node:fs";
import { isSynchronised } from "../../clock.ts";
import type { Site } from "../../config/site.ts";
import { type Diagnosis, ok, warn } from "./diagnosis.ts";

/** Whether the gateway takes this machine's clock for synchronised. */
export async function diagnoseClock(site: Site | undefined): Promise<readonly Diagnosis[]> {
  const wall = new Date().toISOString();
  const held =
    site?.clock.holdUnsynchronised === false
      ? "Readings are sent with its time all the same (clock.holdUnsynchronised is off)."
      : "Until then readings are held (clock.holdUnsynchronised).";
  const clock = (await isSynchronised())
    ? ok("clock", `synchronised, ${wall}`)
    : warn("clock", `not synchronised, ${wall}`, `Start a time service (timedatectl set-ntp true). ${held}`);
  const battery = existsSync("/dev/rtc0")
    ? ok("battery clock", "there")
    : warn("battery clock", "none", "After a power cut the time is wrong until the network has set it.");
  return [clock, battery];
}
