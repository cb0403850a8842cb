import type { ResultChannel } from "./typical-results.ts";

/**
 * The other end of a driver: an instrument, simulated as a pure state machine that speaks the real wire format. It
 * serves `vitalwire simulate`, the demo and the tests under faults.
 */
export interface Instrument {
  handle(event: InstrumentEvent): readonly InstrumentAction[];
}

export type InstrumentEvent =
  | { readonly on: "open" }
  | { readonly on: "data"; readonly bytes: Uint8Array }
  | { readonly on: "wake" }
  /** A measurement is taken: channel name -> digits as the instrument writes them. `at` is its clock, without a zone. */
  | { readonly on: "measure"; readonly values: Readonly<Record<string, string>>; readonly at: string };

export type InstrumentAction =
  | { readonly do: "write"; readonly bytes: Uint8Array }
  | { readonly do: "wake"; readonly afterMs: number }
  /** The gateway told the instrument that measurement number `n` (counted from 1) is safe. */
  | { readonly do: "safe"; readonly n: number };

export interface Simulation {
  /** A fresh instrument. `options` are those of the profile that it plays, where a driver knows several formats. */
  instrument(options?: Readonly<Record<string, unknown>>): Instrument;
  /** Options by which its driver reads it, where no shipped profile can set them and each site has to. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** What it measures when nobody says otherwise, for demonstrations: one map of values a measurement. */
  readonly samples: readonly Readonly<Record<string, string>>[];
  /** What it measures instead where it plays a profile with these channels; nothing where the profile maps no test. */
  samplesOf?(channels: Readonly<Record<string, ResultChannel>>): Simulation["samples"];
}
