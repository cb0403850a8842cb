import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { hostClock } from "../../clock.ts";
import { type Diagnosis, ok, warn } from "./diagnosis.ts";

const run = promisify(execFile);

/** Whether the gateway takes this machine's clock for synchronised, and whether the system agrees. */
export async function diagnoseClock(): Promise<readonly Diagnosis[]> {
  const { wall, quality } = hostClock().now();
  const system = await systemSays();
  const held = "Until then readings are held (clock.holdUnsynchronised).";
  const clock =
    quality === "synchronised"
      ? ok("clock", `synchronised, ${wall}`)
      : system === "yes"
        ? warn(
            "clock",
            "the system calls it synchronised, but systemd-timesyncd has left no mark",
            `Use systemd-timesyncd. ${held}`,
          )
        : warn("clock", `not synchronised, ${wall}`, `Start a time service (timedatectl set-ntp true). ${held}`);
  const battery = existsSync("/dev/rtc0")
    ? ok("battery clock", "there")
    : warn("battery clock", "none", "After a power cut the time is wrong until the network has set it.");
  return [clock, battery];
}

async function systemSays(): Promise<string | undefined> {
  try {
    const { stdout } = await run("timedatectl", ["show", "-p", "NTPSynchronized", "--value"], { timeout: 5000 });
    return stdout.trim();
  } catch {
    return undefined; // no systemd here, or no bus: nobody to ask
  }
}
