import type { Reply } from "./reply.ts";

/** A determination of the cuff: pressures in mmHg. The mean is left out where it is not between the other two. */
export interface Determination {
  readonly systolic: string;
  readonly diastolic: string;
  readonly mean?: string;
  /** What was written as mean and cannot be one. */
  readonly impossibleMean?: string;
  readonly minutes: number;
  /** Whether a reply shortly before the first that showed it showed something else: then it has come since. */
  readonly appeared: boolean;
}

export interface Determinations {
  /** The determination that a reply shows, the first time that two replies in a row have shown it. */
  see(reply: Reply): Determination | undefined;
  /** Several replies in a row were missed: what the next one shows may have come long since. */
  miss(): void;
}

/**
 * Tells a new determination by its values and its age in minutes: the age of the same one only grows. Two replies in a
 * row must show it, for the line has no checksum; between the two the age may have grown by a minute.
 */
export function determinations(): Determinations {
  let before: { readonly whole: string; readonly minutes: number; readonly appeared: boolean } | undefined;
  /** What the reply before showed, a determination or none; undefined where there was none of late. */
  let shown: string | undefined;
  let last: { readonly key: string; minutes: number } | undefined;

  return {
    miss() {
      shown = undefined;
    },
    see(reply) {
      const { systolic, diastolic, mean, minutes } = reply;
      if (systolic === undefined || diastolic === undefined || minutes === undefined) {
        before = undefined;
        shown = "";
        return undefined;
      }
      const key = `${systolic} ${diastolic} ${mean ?? ""}`;
      // A rate with a saturation beside it is the oximeter's, and changes while the determination stays.
      const whole = `${key} ${reply.status} ${reply.saturation === undefined ? reply.rate : ""}`;
      const earlier = before;
      const appeared = earlier?.whole === whole ? earlier.appeared : shown !== undefined && shown !== key;
      before = { whole, minutes, appeared };
      shown = key;
      if (earlier?.whole !== whole || minutes < earlier.minutes || minutes > earlier.minutes + 1) return undefined;
      if (Number(diastolic) >= Number(systolic)) return undefined;

      const known = last?.key === key && minutes >= last.minutes;
      last = { key, minutes };
      if (known) return undefined;
      const between = mean !== undefined && Number(diastolic) < Number(mean) && Number(mean) < Number(systolic);
      return {
        systolic,
        diastolic,
        minutes,
        appeared,
        ...(mean === undefined ? {} : between ? { mean } : { impossibleMean: mean }),
      };
    },
  };
}
