import { heldReasons } from "../model/standing.ts";
import type { SteadySpan, Times } from "../model/times.ts";
import type { Unbound } from "./normalize.ts";
import { parseWallTime } from "./wall-time.ts";

/** Ages and clocks tick by the second, and what they said took some time to arrive. */
const latencyMs = 1000;

/**
 * The span of the steady clock (`received.monotonicMs`) in which a reading was measured, as wide as clocks leave it
 * open, never later than its arrival. Nothing where a clock was used that was never compared with the host's: such a
 * time may name a minute in which somebody else was in the room. Nor where the clock is in doubt.
 *
 * @param receivedAfter where it is forgotten when the reading arrived: after this, and no later than `times.received`.
 */
export function measuredWindow(
  { times, standing }: Pick<Unbound, "times" | "standing">,
  receivedAfter?: number,
): SteadySpan | undefined {
  if (heldReasons(standing).includes("device-clock")) return undefined;
  const window = windowOf(times);
  if (window === undefined || receivedAfter === undefined) return window;
  return { from: window.from - (times.received.monotonicMs - receivedAfter), to: window.to };
}

function windowOf(times: Times): SteadySpan | undefined {
  const { monotonicMs, wall } = times.received;
  const ago = Date.parse(wall) - Date.parse(times.measured);
  switch (times.source) {
    case "arrival":
      return { from: monotonicMs, to: monotonicMs };
    case "age": {
      // Whether an instrument cuts its count of seconds off, or counts the ticks of its clock, no protocol says: the
      // reading may be up to a step older than told, or younger.
      const { ageStepMs = 1000 } = times;
      const from = monotonicMs - ago - latencyMs - ageStepMs;
      return { from, to: Math.min(monotonicMs - ago + ageStepMs, monotonicMs) };
    }
    case "device":
      // A small skew is not worth mending in what is sent, but a patient may have changed within it.
      return times.skewMs === undefined ? undefined : around(times, monotonicMs - ago - times.skewMs);
    case "device-corrected":
      return around(times, monotonicMs - ago);
    default:
      return times.source satisfies never;
  }
}

function around(times: Times, at: number): SteadySpan {
  // Clocks cut off what they do not show: the reading came up to one step later than written, and so did the clock
  // that it was compared by, whose answer also took its way.
  const precisionMs = parseWallTime(times.device?.local ?? "")?.precisionMs ?? 60_000;
  const arrival = times.received.monotonicMs;
  return { from: Math.min(at - precisionMs - latencyMs, arrival), to: Math.min(at + precisionMs, arrival) };
}
