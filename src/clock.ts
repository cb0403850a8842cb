import { existsSync, readFileSync } from "node:fs";
import type { Clock, ClockQuality } from "./model/times.ts";

/** Marks that time daemons leave once the clock is set: systemd-timesyncd, and any that systemd waited for. */
const marks = ["/run/systemd/timesync/synchronized", "/run/systemd/timesync-wait/synchronized"];

/** How often an unsynchronised clock is looked at again. */
const lookAgainMs = 1000;

/**
 * The host's clocks. `monotonicMs` counts within a boot, so that it goes on over restarts of the service; the wall
 * time is `unsynchronised` until a time daemon says otherwise.
 */
export function hostClock(): Clock {
  const boot = bootId();
  let quality: ClockQuality = "unsynchronised";
  let lookAt = 0;
  return {
    now() {
      const monotonicMs = Number(process.hrtime.bigint() / 1_000_000n);
      if (quality === "unsynchronised" && monotonicMs >= lookAt) {
        if (marks.some((mark) => existsSync(mark))) quality = "synchronised";
        lookAt = monotonicMs + lookAgainMs;
      }
      return { wall: new Date().toISOString(), monotonicMs, boot, quality };
    },
  };
}

function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    // Off Linux there is no name for a boot; one of this process is as long as its monotonic clock is comparable.
    return `process-${process.pid}-${Math.round(performance.timeOrigin)}`;
  }
}
