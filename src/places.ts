import { durationMs } from "./config/duration.ts";
import type { Site } from "./config/site.ts";
import type { Scan } from "./driver-kit/contract.ts";
import type { JournalEvent } from "./journal/journal.ts";
import type { Observation } from "./model/observation.ts";
import type { Subject } from "./model/patient.ts";
import { heldReasons, standingFor } from "./model/standing.ts";
import type { HostTime, Instant } from "./model/times.ts";
import type { Unbound } from "./normalize/normalize.ts";
import { measuredWindow } from "./normalize/window.ts";
import { type BarcodeReader, barcodeReader, type TypedReading } from "./patient/barcode.ts";
import { decide } from "./patient/decide.ts";
import { type Decision, type PlaceEvent, type PlaceState, vacant } from "./patient/place.ts";

/** Who is where: the states of all places, in memory alone, so that after a restart nobody is active. */
export interface Places {
  /** What a scanned code changes, or one that could not be read. The events go to the journal. */
  scan(place: string, scan: Scan | undefined, received: HostTime): readonly JournalEvent[];
  /** Whose a reading is, and what it changes in its place. */
  bind(
    unbound: Unbound,
    instrument: { readonly connectedSince: number; readonly shared: boolean; readonly receivedAfter?: number },
  ): { readonly observation: Observation; readonly events: readonly JournalEvent[] };
  /** Somebody says that the patient has gone. */
  done(place: string, by: string, now: HostTime): readonly JournalEvent[];
  /** Brings to light what ran out by now. */
  tick(now: HostTime): readonly JournalEvent[];
  status(): readonly PlaceStatus[];
  /** What a place's barcode rules make of an identifier that a person typed. No place of that name has any. */
  typed: (place: string, ...typed: Parameters<BarcodeReader["typed"]>) => TypedReading;
}

export interface PlaceStatus {
  readonly place: string;
  readonly open: boolean;
  readonly subject?: Subject;
  readonly since?: Instant;
}

type What = PlaceEvent extends infer E ? (E extends PlaceEvent ? Omit<E, "at" | "wall"> : never) : never;

export function createPlaces(site: Pick<Site, "places" | "patients">): Places {
  const states = new Map<string, PlaceState>(
    site.places.map((place) => [
      place.id,
      vacant({
        kind: place.kind,
        barcodes: barcodeReader(place.barcodes, site.patients),
        idleAfterMs: durationMs(place.idleAfter),
        longestMs: durationMs(place.longest),
        unverified: place.unverified,
        trustInstrumentIds: place.trustInstrumentIds,
      }),
    ]),
  );

  return {
    scan(place, scan, received) {
      const decision = happen(place, scan === undefined ? { on: "unreadable" } : scanned(scan), received);
      const events = changes(place, decision, received);
      if (decision.scan === undefined || decision.scan.accepted) return events;
      return [...events, { at: received.wall, type: "scan-refused", place, data: { reason: decision.scan.reason } }];
    },

    bind(unbound, { connectedSince, shared, receivedAfter }) {
      const { device, kind, reported, times } = unbound;
      const measured = measuredWindow(unbound, receivedAfter);
      const reading = {
        kind,
        connectedSince,
        shared,
        ...(measured === undefined ? {} : { measured }),
        ...(reported === undefined ? {} : { reported }),
      };
      const decision = happen(device.place, { on: "reading", reading }, times.received);
      const { binding, holds = ["no-patient"] } = decision.reading ?? {};
      const standing =
        holds.length === 0 ? unbound.standing : standingFor([...heldReasons(unbound.standing), ...holds]);
      const standingNow = { ...unbound, standing };
      const observation: Observation = binding === undefined ? standingNow : { binding, ...standingNow };
      return { observation, events: changes(device.place, decision, times.received) };
    },

    done: (place, by, now) =>
      changes(place, happen(place, { on: "done" }, now), now).map((event) => ({ ...event, by })),

    tick: (now) => [...states.keys()].flatMap((place) => changes(place, happen(place, { on: "tick" }, now), now)),

    status: () =>
      [...states].map(([place, state]) =>
        state.occupancy === "open"
          ? { place, open: true, subject: state.open.subject, since: state.open.since }
          : { place, open: false },
      ),

    typed: (place, ...typed) =>
      states.get(place)?.rules.barcodes.typed(...typed) ?? { means: "nothing", reason: "no-rule" },
  };

  function happen(place: string, what: What, now: HostTime): Decision {
    const state = states.get(place);
    // The configuration was checked: every device names a place that exists.
    if (state === undefined) return { changes: [] };
    const [next, decision] = decide(state, { at: now.monotonicMs, wall: now.wall, ...what } as PlaceEvent);
    states.set(place, next);
    return decision;
  }
}

function scanned({ text, symbology }: Scan): What {
  return { on: "scan", text, ...(symbology === undefined ? {} : { symbology }) };
}

const nothingHappened: readonly JournalEvent[] = [];

/** What changed in a place, as the journal keeps it (IHE PCIM: whom, from when, by whom, why it ended). */
function changes(place: string, { changes: all }: Decision, now: HostTime): readonly JournalEvent[] {
  if (all.length === 0) return nothingHappened;
  return all.map((change) => {
    const at = now.wall;
    if ("by" in change) return { at, type: change.change, place, by: change.by };
    const { subject, since, staff } = change.association;
    const by = staff.at(-1)?.by;
    const why = change.change === "ended" ? { why: change.why } : {};
    return { at, type: `association-${change.change}`, place, ...(by && { by }), data: { subject, since, ...why } };
  });
}
