import type { Unbound } from "./normalize/normalize.ts";

/**
 * How far two reports of one measurement may seem apart: instruments count its age in whole seconds, and each poll
 * takes its time. No two determinations of anything are this close.
 */
const sameWithinMs = 5000;
/** After a cable was out and in again, for how long the same digits may be the same measurement, shown once more. */
const standingWithinMs = 5 * 60_000;

/** Measurements of one device and channel that are remembered: more than are on their way to the disk at once. */
const most = 64;

/**
 * Tells measurements that an instrument shows again when it is connected again. Remembered in memory alone: after a
 * restart nobody is active, so such a repeat is held and never sent.
 */
export interface Repeats {
  /**
   * `same`: told by an age, of the same instrument, with the same digits and at the same time, it is the measurement
   * that was seen. `perhaps`: its age is counted too coarsely to tell; or a scale whose cable came loose shows the weight
   * that stands on it, or somebody weighs just as much; only a person can tell.
   */
  look(observation: Unbound): "new" | "same" | "perhaps";
  /** Remembers a measurement that is being stored; answers how to forget it, for good, if it could not be. */
  remember(observation: Unbound): () => void;
}

interface Seen {
  readonly text: string;
  readonly at: number;
  readonly session: string;
  readonly patient: string | undefined;
}

export function createRepeats(): Repeats {
  /** Of each device and channel, oldest first. */
  const all = new Map<string, Seen[]>();
  return {
    look(observation) {
      const seen = all.get(keyOf(observation));
      if (seen === undefined) return "new";
      switch (observation.times.source) {
        case "age": {
          const text = textOf(observation);
          const at = measuredAt(observation);
          // Reports that were refused come again in their order, and others that were stored stand between them.
          const apart = seen.reduce(
            (least, one) => (one.text === text ? Math.min(least, Math.abs(one.at - at)) : least),
            Number.POSITIVE_INFINITY,
          );
          if (apart <= sameWithinMs) return "same";
          // Counted in minutes, two reports of one measurement may seem a minute apart; so may two measurements.
          return apart <= sameWithinMs + (observation.times.ageStepMs ?? 0) ? "perhaps" : "new";
        }
        case "arrival":
          // An analyzer that names the specimen says itself what is what.
          if (observation.reported?.specimen !== undefined) return "new";
          return mayStand(seen, observation) ? "perhaps" : "new";
        default:
          return "new";
      }
    },
    remember(observation) {
      const key = keyOf(observation);
      const one: Seen = {
        text: textOf(observation),
        at: measuredAt(observation),
        session: observation.evidence.session,
        patient: observation.reported?.patient,
      };
      const seen = all.get(key);
      if (seen === undefined) all.set(key, [one]);
      else if (seen.push(one) > most) seen.shift();
      return () => {
        const remembered = all.get(key);
        const place = remembered?.lastIndexOf(one) ?? -1;
        if (place >= 0) remembered?.splice(place, 1);
      };
    },
  };
}

const keyOf = ({ device, code }: Unbound): string => `${device.device}\n${device.serial ?? ""}\n${code.channel}`;

/** Whether the instrument, which was away, may show the last measurement still. One that names two patients measured two. */
function mayStand(seen: readonly Seen[], observation: Unbound): boolean {
  const last = seen.findLast(({ patient }) => !isAnother(patient, observation.reported?.patient));
  if (last === undefined || last.session === observation.evidence.session) return false;
  return last.text === textOf(observation) && Math.abs(last.at - measuredAt(observation)) <= standingWithinMs;
}

function isAnother(before: string | undefined, now: string | undefined): boolean {
  return before !== undefined && now !== undefined && before !== now;
}

/** On the steady clock, so that setting the host's clock between two reports does not make them two. */
function measuredAt({ times }: Unbound): number {
  if (times.measured === times.received.wall) return times.received.monotonicMs;
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
