import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import type { Clock, ClockQuality, HostTime } from "./model/times.ts";

/** The mark that systemd-timesyncd leaves once the clock is set. */
const mark = "/run/systemd/timesync/synchronized";

/** After how long an unsynchronised clock is looked at again; doubled each time, for looking takes a process. */
const lookAgainMs = { first: 2000, most: 30_000 };

/**
 * The host's clocks. `monotonicMs` counts within a boot, so that it goes on over restarts of the service; the wall
 * time is `unsynchronised` until systemd-timesyncd has left its mark or the kernel says that some other daemon
 * (chrony, ntpd) keeps its clock.
 */
export function hostClock(): Clock {
  const boot = bootId();
  let quality: ClockQuality = existsSync(mark) ? "synchronised" : "unsynchronised";
  let asking = false;
  let lookAt = 0;
  let lookAfterMs = lookAgainMs.first;
  // Both count on CLOCK_MONOTONIC: hrtime from the boot, performance from the start of the process, at less expense.
  const [seconds, nanoseconds] = process.hrtime();
  const startedMs = seconds * 1000 + nanoseconds / 1e6 - performance.now();
  /** What was answered last; in a burst many ask within one millisecond. */
  let last: { readonly wallMs: number; readonly time: HostTime } | undefined;

  return {
    now() {
      const monotonicMs = Math.floor(startedMs + performance.now());
      if (quality === "unsynchronised" && monotonicMs >= lookAt && !asking) {
        lookAt = monotonicMs + lookAfterMs;
        lookAfterMs = Math.min(2 * lookAfterMs, lookAgainMs.most);
        look();
      }
      const wallMs = Date.now();
      if (last?.wallMs !== wallMs || last.time.monotonicMs !== monotonicMs || last.time.quality !== quality) {
        last = { wallMs, time: { wall: new Date(wallMs).toISOString(), monotonicMs, boot, quality } };
      }
      return last.time;
    },
  };

  function look(): void {
    asking = true;
    void isSynchronised().then((synchronised) => {
      asking = false;
      if (synchronised) quality = "synchronised";
    });
  }
}

/** Whether a time daemon keeps this host's clock. */
export async function isSynchronised(): Promise<boolean> {
  if (existsSync(mark)) return true;
  try {
    // The kernel's own flag (adjtimex), which every time daemon sets; Node has no other way to it.
    const asked = ["show", "--property=NTPSynchronized", "--value"];
    const { stdout } = await promisify(execFile)("timedatectl", asked, { timeout: 5000 });
    return stdout.trim() === "yes";
  } catch {
    return false; // no systemd here, or no bus: nobody vouches for the clock
  }
}

function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    // Off Linux there is no name for a boot; one of this process is as long as its monotonic clock is comparable.
    return `process-${process.pid}-${Math.round(performance.timeOrigin)}`;
  }
}
