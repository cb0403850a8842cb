import type { Finding } from "../driver-kit/contract.ts";
import type { MeasuredSource, Times } from "../model/times.ts";
import type { Circumstances } from "./normalize.ts";
import { offsetMs, parseWallTime } from "./wall-time.ts";
import { transitionBefore, zonedToInstant } from "./zone.ts";

/** When something was measured, and whether the instrument's clock leaves that in doubt. */
export interface Measurement {
  readonly times: Times;
  /** The reading is then held as `device-clock`: `times.measured` is the best that can be said, and no more. */
  readonly doubtful: boolean;
}

interface Guess {
  readonly at: number;
  readonly source: MeasuredSource;
  readonly doubtful?: boolean;
}

const hourMs = 3_600_000;
const dstToleranceMs = 120_000;
/** An instrument that nobody has put forward or back is met within weeks of the change; later it is simply wrong. */
const dstForgottenMs = 31 * 24 * hourMs;

/**
 * When a finding was measured: by the age that the instrument gave, else by its clock, mended by the skew measured on
 * contact, else by arrival. What the clock wrote is always kept beside.
 */
export function measuredTimes(finding: Finding, circumstances: Circumstances): Measurement {
  const { received, skewMs } = circumstances;
  const { at, source, doubtful = false } = guess(finding, circumstances, Date.parse(received.wall));
  return {
    times: {
      received,
      ...(finding.deviceTime !== undefined && { device: finding.deviceTime }),
      measured: source === "arrival" ? received.wall : new Date(at).toISOString(),
      source,
      ...(source === "age" && finding.ageStepMs !== undefined && { ageStepMs: finding.ageStepMs }),
      ...(skewMs !== undefined && { skewMs }),
    },
    doubtful,
  };
}

function guess(finding: Finding, { timezone, skewMs, clock }: Circumstances, arrival: number): Guess {
  if (finding.ageMs !== undefined) return { at: arrival - Math.max(0, finding.ageMs), source: "age" };
  if (finding.deviceTime === undefined) return { at: arrival, source: "arrival" };
  const wall = finding.deviceTime.local === undefined ? undefined : parseWallTime(finding.deviceTime.local);
  if (wall === undefined) return { at: arrival, source: "arrival", doubtful: true };

  const latest = arrival + clock.noteMs;
  const { offset } = finding.deviceTime;
  const placed = offset === undefined ? zoned : told(offset);
  if (skewMs === undefined) return placed(wall.wallMs, "device");
  const forgotten = offset === undefined ? forgottenHour() : undefined;
  if (forgotten !== undefined) return forgotten;
  if (Math.abs(skewMs) <= clock.noteMs) return placed(wall.wallMs, "device");
  // The clock is a local one with a constant error: mend its wall time first, then ask what instant that is.
  const mended = placed(wall.wallMs - skewMs, "device-corrected");
  return Math.abs(skewMs) <= clock.holdMs ? mended : { ...mended, doubtful: true };

  /** An instrument that writes its offset names the instant itself, whatever the zone. */
  function told(offset: string) {
    return (wallMs: number, source: MeasuredSource): Guess => {
      const at = wallMs - offsetMs(offset);
      return { at, source, doubtful: at > latest };
    };
  }

  function zoned(wallMs: number, source: MeasuredSource): Guess {
    const found = zonedToInstant(wallMs, timezone);
    switch (found.kind) {
      case "unique":
        return { at: found.instant, source, doubtful: found.instant > latest };
      case "ambiguous":
        // Of the repeated hour's two instants, one that is still to come is none.
        if (found.later > latest) return { at: found.earlier, source, doubtful: found.earlier > latest };
        return { at: found.later, source, doubtful: true };
      case "skipped":
        return { at: found.instant, source, doubtful: true };
      default:
        return found satisfies never;
    }
  }

  /** A skew of just the hour that the zone has lately moved: a clock that was not put forward or back. */
  function forgottenHour(): Guess | undefined {
    if (skewMs === undefined || Math.abs(Math.abs(skewMs) - hourMs) > dstToleranceMs || wall === undefined) return;
    const change = transitionBefore(arrival, dstForgottenMs, timezone);
    if (change === undefined || Math.abs(change.before - change.after) !== hourMs) return;
    const rest = skewMs - (change.before - change.after);
    if (Math.abs(rest) > dstToleranceMs) return;
    // It still runs on the offset from before the change. Long before the change, that offset may not have held.
    const at = wall.wallMs - rest - change.before;
    if (at < change.at - 2 * hourMs) return zoned(wall.wallMs - rest, "device-corrected");
    return { at, source: "device-corrected", doubtful: at > latest };
  }
}
