import type { Profile } from "../../config/profile.ts";
import type { Instrument, InstrumentEvent, Simulation } from "../../driver-kit/instrument.ts";

/** What an instrument measures as this profile describes it, when nobody says otherwise. */
export function samplesOf(simulation: Simulation, { channels }: Profile): Simulation["samples"] {
  const own = simulation.samplesOf?.(channels) ?? [];
  return own.length > 0 ? own : simulation.samples;
}

type Values = Simulation["samples"][number];

/** After so long without an end, a measurement is one that goes on for ever, as a monitor's does. */
const longestMs = 60_000;
const mostAlarms = 1000;
const at = "2026-11-23T14:05:09";

/**
 * How long a measurement keeps the instrument busy if nobody answers it; undefined where that never ends, or where the
 * instrument is as busy without one. Played in virtual time on an instrument of its own.
 */
export function lastsMs(simulation: Simulation, options: Profile["options"], values: Values): number | undefined {
  const instrument = simulation.instrument(options);
  const opened = busyMs(instrument, { on: "open" });
  return opened === undefined ? undefined : busyMs(instrument, { on: "measure", values, at });
}

/**
 * The names of values that an instrument can be told to measure: those of its samples, those that it asks a
 * measurement for, and the channels that its profile knows.
 */
export function namesOf(simulation: Simulation, profile: Profile): ReadonlySet<string> {
  const names = new Set([...Object.keys(profile.channels), ...profile.ignore]);
  const instrument = simulation.instrument(profile.options);
  busyMs(instrument, { on: "open" });
  for (const sample of samplesOf(simulation, profile)) {
    for (const name of Object.keys(sample)) names.add(name);
    const values = new Proxy(sample, {
      get(target, name) {
        if (typeof name === "string") names.add(name);
        return Reflect.get(target, name);
      },
    });
    busyMs(instrument, { on: "measure", values, at });
  }
  return names;
}

/** Plays one event until no alarm is left. */
function busyMs(instrument: Instrument, event: InstrumentEvent): number | undefined {
  let ms = 0;
  let actions = instrument.handle(event);
  for (let n = 0; n < mostAlarms && ms <= longestMs; n++) {
    const wake = actions.findLast((action) => action.do === "wake");
    if (wake === undefined || wake.afterMs === 0) return ms;
    ms += wake.afterMs;
    actions = instrument.handle({ on: "wake" });
  }
  return undefined;
}
