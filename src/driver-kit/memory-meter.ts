import type { LocalTime } from "../model/times.ts";
import type { Instrument } from "./instrument.ts";

/** What a simulated meter knows when it is asked. */
export interface Memory<R> {
  /** In the meter's own order. */
  readonly records: readonly R[];
  /** The time of the last measurement, at which its clock stands. */
  readonly clock: LocalTime;
}

/** What is a simulated meter's own. */
export interface SimulatedMeter<R> {
  /** So many results are kept; the oldest makes room. */
  readonly capacity: number;
  /** Where in its memory the newest result stands. */
  readonly newest: "first" | "last";
  /** Whether it is on its cable before it has measured anything; otherwise it is put there after that, and stays. */
  readonly isThereEmpty?: boolean;
  /** What is kept of a measurement; nothing where the values are none of this meter's. */
  record(values: Readonly<Record<string, string>>, at: LocalTime): R | undefined;
  /** What is sent after these bytes were heard, write by write. */
  answer(heard: Uint8Array, memory: Memory<R>): readonly Uint8Array[];
}

/** A simulated meter that keeps its results and hands them out when it is asked. */
export function memoryMeter<R>(meter: SimulatedMeter<R>): Instrument {
  const records: R[] = [];
  let clock: LocalTime | undefined = meter.isThereEmpty === true ? "2000-01-01T00:00:00" : undefined;

  function keep(record: R): void {
    if (meter.newest === "first") records.unshift(record);
    else records.push(record);
    if (records.length > meter.capacity) records.splice(meter.newest === "first" ? meter.capacity : 0, 1);
  }

  return {
    handle(event) {
      switch (event.on) {
        case "open":
        case "wake":
          return [];
        case "data":
          if (clock === undefined) return [];
          return meter.answer(event.bytes, { records, clock }).map((bytes) => ({ do: "write", bytes }));
        case "measure": {
          clock = event.at;
          const record = meter.record(event.values, event.at);
          if (record !== undefined) keep(record);
          return [];
        }
        default:
          return event satisfies never;
      }
    },
  };
}
