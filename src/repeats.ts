import type { Unbound } from "./normalize/normalize.ts";

/**
 * How far two reports of one measurement may seem apart: instruments count its age in whole seconds, and each poll
 * takes its time. No two determinations of anything are this close.
 */
const sameWithinMs = 5000;
/** After a cable was out and in again, for how long the same digits may be the same measurement, shown once more. */
const standingWithinMs = 5 * 60_000;

/**
 * Tells measurements that an instrument shows again when it is connected again. Remembered in memory alone: after a
 * restart nobody is active, so such a repeat is held and never sent.
 */
export interface Repeats {
  /**
   * `same`: told by an age, of the same instrument, with the same digits and at the same time, it is the measurement
   * that was seen. `perhaps`: its age is counted too coarsely to tell; or a scale whose cable came loose shows the weight that stands on it, or somebody weighs
   * just as much; only a person can tell.
   */
  look(observation: Unbound): "new" | "same" | "perhaps";
  /** Remembers a measurement that is being stored; answers how to forget it, if it could not be. */
  remember(observation: Unbound): () => void;
}

interface Seen {
  readonly text: string;
  readonly at: number;
  readonly session: string;
}

export function createRepeats(): Repeats {
  const last = new Map<string, Seen>();
  return {
    look(observation) {
      const before = last.get(keyOf(observation));
      if (before === undefined || before.text !== textOf(observation)) return "new";
      const apart = Math.abs(before.at - measuredAt(observation));
      switch (observation.times.source) {
        case "age":
          if (apart <= sameWithinMs) return "same";
          // Counted in minutes, two reports of one measurement may seem a minute apart; so may two measurements.
          return apart <= sameWithinMs + (observation.times.ageStepMs ?? 0) ? "perhaps" : "new";
        case "arrival":
          // An analyzer that names the specimen says itself what is what.
          if (observation.reported !== undefined || observation.evidence.session === before.session) return "new";
          return apart <= standingWithinMs ? "perhaps" : "new";
        default:
          return "new";
      }
    },
    remember(observation) {
      const key = keyOf(observation);
      const before = last.get(key);
      const session = observation.evidence.session;
      const seen: Seen = { text: textOf(observation), at: measuredAt(observation), session };
      last.set(key, seen);
      return () => {
        if (last.get(key) !== seen) return;
        if (before === undefined) last.delete(key);
        else last.set(key, before);
      };
    },
  };
}

const keyOf = ({ device, code }: Unbound): string => `${device.device}\n${device.serial ?? ""}\n${code.channel}`;

/** On the steady clock, so that setting the host's clock between two reports does not make them two. */
function measuredAt({ times }: Unbound): number {
  return times.received.monotonicMs - (Date.parse(times.received.wall) - Date.parse(times.measured));
}

function textOf({ value }: Unbound): string {
  switch (value.kind) {
    case "quantity":
      return `${value.bound ?? ""}${value.text} ${value.wireUnit}`;
    case "text":
      return value.text;
    case "absent":
      return `${value.reason} ${value.text ?? ""}`;
    default:
      return value satisfies never;
  }
}
