import type { Nibp, Temperature } from "./replies.ts";

/**
 * `earlier`: it was there when the session opened. `new`: it was completed since. `known`: reported before, or nothing
 * that could be.
 */
export type Novelty = "earlier" | "new" | "known";

export interface NibpHistory {
  /** Judges a reply. Busy replies only tell that a determination is under way. */
  see(reply: Nibp): Novelty;
  /** An alarm of so many milliseconds rang; `missed`: it was the one that waits for an NIBP reply. */
  passed(ms: number, missed: boolean): void;
}

/**
 * Tells a new determination by the age that the monitor gives with it: the age of the same one only grows. It is new
 * when the age drops, when result or status change, and, after a determination was seen under way or a reply was
 * missed, also when the age has grown by less than the time that has passed for certain. Time is known from alarms
 * alone, as a lower bound; a second and one per cent are allowed for rounding and drift. After a missed reply the next may
 * be that very one, late and of that age: two replies in a row must say that the age has grown too little.
 */
export function nibpHistory(): NibpHistory {
  let last: { key: string; age: number | undefined } | undefined;
  let since = { ms: 0, underWay: false, missed: false, doubted: false };

  return {
    passed(ms, missed) {
      since.ms += ms;
      if (missed) since = { ...since, missed, doubted: false };
    },
    see(reply) {
      if (reply.status === "0") {
        since.underWay = true;
        return "known";
      }
      const { age } = reply;
      const key = reply.status + reply.systolic + reply.diastolic + reply.mean;
      const before = last;
      const { ms, underWay, missed, doubted } = since;
      last = { key, age };
      since = { ms: 0, underWay: false, missed: false, doubted: false };

      if (before === undefined) return underWay ? "new" : "earlier";
      if (before.key !== key) return "new";
      if (age === undefined) return underWay ? "new" : "known";
      if (before.age === undefined) return "new";
      if (age < before.age) return "new";
      if (!(underWay || missed) || age * 1000 >= before.age * 1000 + ms * 0.99 - 1000) return "known";
      if (!missed || doubted) return "new";
      last = before;
      since = { ms, underWay, missed, doubted: true };
      return "known";
    },
  };
}

/** Tells a new temperature determination by its counter character, which the monitor changes for each. */
export function temperatureHistory(): { see(reply: Temperature): Novelty } {
  let counter: string | undefined;
  let underWay = false;

  return {
    see(reply) {
      switch (reply.status) {
        case "in-progress":
          underWay = true;
          return "known";
        case "idle": {
          const earlier = counter === undefined && !underWay;
          const known = counter === reply.counter;
          counter = reply.counter;
          underWay = false;
          return earlier ? "earlier" : known ? "known" : "new";
        }
        case "timeout":
        case "contact-lost": {
          const failed = underWay;
          underWay = false;
          return failed ? "new" : "known";
        }
        case "unplugged":
          underWay = false;
          return "known";
        default:
          return reply.status satisfies never;
      }
    },
  };
}
