import type { Observation } from "../model/observation.ts";
import type { Slab } from "../slab.ts";
import type { Entry, JournalEvent, NewDelivery } from "./journal.ts";

/**
 * An entry as it waits for the disk. It is written out when it is handed over: in a burst hundreds wait at once, and as
 * texts they take less memory and less of the garbage collector's time than as the objects that they were.
 */
export interface Written {
  readonly observations: readonly WrittenObservation[];
  /** Rows for the table `event`. */
  readonly events: readonly (readonly unknown[])[];
  readonly deliveries: readonly NewDelivery[];
}

export interface WrittenObservation {
  readonly id: string;
  readonly sourceKey: string;
  readonly group: string;
  readonly place: string;
  readonly received: string;
  /** Why it is held, as JSON, where it is. */
  readonly reasons?: string;
  /** The whole observation, as JSON in UTF-8. */
  readonly body: Uint8Array;
}

const none: Written["events"] = [];

export function written({ observations, events, deliveries }: Entry, slab: Slab): Written {
  return {
    observations: observations.map((observation) => writtenObservation(observation, slab)),
    events: events.length === 0 ? none : events.map(eventRow),
    // Grown one by one it would keep the room that it grew by.
    deliveries: deliveries.slice(),
  };
}

function writtenObservation(observation: Observation, slab: Slab): WrittenObservation {
  const { id, sourceKey, group, device, times, standing } = observation;
  const body = slab.encode(JSON.stringify(observation));
  const row = { id, sourceKey, group, place: device.place, received: times.received.wall, body };
  return standing.state === "held" ? { ...row, reasons: JSON.stringify(standing.reasons) } : row;
}

/** An event as a row: when, what, where, which device, who, and the rest as JSON. */
export function eventRow({ at, type, place, device, by, data }: JournalEvent): readonly unknown[] {
  return [at, type, place ?? null, device ?? null, by ?? null, data === undefined ? null : JSON.stringify(data)];
}
