import type { ProblemCode } from "../model/problem.ts";

const leastMs = 1000;
const mostMs = 60_000;

/** Nothing was tried: the port was looked for, and it is not there or not clear which one it is. */
export function isSearch(code: ProblemCode): boolean {
  return code === "PORT_MISSING" || code === "PORT_AMBIGUOUS" || code === "PROFILE_UNDECIDED";
}

/**
 * How long to wait before a device is tried again, in milliseconds; undefined where only a changed configuration helps.
 * Looking for a port costs next to nothing, so that is done every second: it is opened as soon as it is plugged in.
 * Everything else doubles from 1 s to 60 s, spread so that devices do not knock in step.
 *
 * @param attempt how often it failed since it last worked, from 0.
 * @param random from 0 up to, but not, 1.
 */
export function retryAfterMs(code: ProblemCode, attempt: number, random: number): number | undefined {
  if (isSearch(code)) return leastMs;
  switch (code) {
    case "PROFILE_INVALID":
    case "LIBRARY_MISSING":
      return undefined;
    default: {
      const full = Math.min(mostMs, leastMs * 2 ** attempt);
      return Math.max(leastMs, full * (0.75 + random / 4));
    }
  }
}
