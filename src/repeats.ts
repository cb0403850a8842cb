import type { Unbound } from "./normalize/normalize.ts";

/**
 * How far two reports of one measurement may seem apart: instruments count its age in whole seconds, and each poll
 * takes its time. No two determinations of anything are this close.
 */
const sameWithinMs = 5000;

/**
 * A monitor that is connected again shows its last measurement once more, with its age and nothing else to know it by.
 * Told by an age, of the same instrument, with the same digits and at the same time, it is the same measurement.
 * Remembered in memory alone: after a restart nobody is active, so such a repeat is held and never sent.
 */
export interface Repeats {
  /** Whether this is a measurement that was seen before. */
  seen(observation: Unbound): boolean;
  /** Remembers what has been stored. */
  remember(observation: Unbound): void;
}

export function createRepeats(): Repeats {
  const last = new Map<string, { readonly text: string; readonly at: number }>();
  return {
    seen(observation) {
      if (observation.times.source !== "age") return false;
      const before = last.get(keyOf(observation));
      if (before === undefined || before.text !== textOf(observation)) return false;
      return Math.abs(before.at - measuredAt(observation)) <= sameWithinMs;
    },
    remember(observation) {
      if (observation.times.source !== "age") return;
      last.set(keyOf(observation), { text: textOf(observation), at: measuredAt(observation) });
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
