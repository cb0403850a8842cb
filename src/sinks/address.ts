import type { NewDelivery, Purpose } from "../journal/journal.ts";
import { controlIdOf } from "../model/ids.ts";
import type { Observation } from "../model/observation.ts";
import type { Content, Sink } from "./sink.ts";

/** What addressing needs of a sink: it is never asked to send here. */
export interface Addressee {
  readonly sink: Pick<Sink, "id" | "encode">;
  /** Which kinds of readings this sink wants. */
  readonly kinds: readonly Observation["kind"][];
}

/** What the envelope says beside the readings. */
export interface Postmark extends Pick<Content, "at" | "site" | "gateway" | "timezone"> {
  /** Mints one UUIDv7. */
  readonly mint: () => string;
}

/**
 * One delivery for each sink and each group of ready readings, its bytes written now and for good. Readings of one
 * group that belong to different people or specimens never share a message.
 */
export function address(
  observations: readonly Observation[],
  addressees: readonly Addressee[],
  postmark: Postmark,
  purpose: Purpose,
): readonly NewDelivery[] {
  const { mint, ...where } = postmark;
  const deliveries: NewDelivery[] = [];
  for (const { lane, members } of parcels(observations)) {
    for (const { sink, kinds } of addressees) {
      const wanted = members.filter((o) => kinds.includes(o.kind));
      if (wanted.length === 0) continue;
      const id = mint();
      const controlId = controlIdOf(id);
      const bytes = sink.encode({ controlId, purpose, observations: wanted, ...where });
      const ids = wanted.map((o) => o.id);
      deliveries.push({ id, sink: sink.id, observations: ids, lane, controlId, purpose, bytes });
    }
  }
  return deliveries;
}

interface Parcel {
  readonly lane: string;
  readonly members: Observation[];
}

function parcels(observations: readonly Observation[]): readonly Parcel[] {
  const [only, ...others] = observations;
  if (only === undefined) return [];
  if (others.length === 0) return [{ lane: laneOf(only), members: [only] }];
  const byKey = new Map<string, Parcel>();
  for (const observation of observations) {
    const lane = laneOf(observation);
    const key = `${observation.group}\n${lane}`;
    const parcel = byKey.get(key);
    if (parcel === undefined) byKey.set(key, { lane, members: [observation] });
    else parcel.members.push(observation);
  }
  return [...byKey.values()];
}

/** Order is kept within one patient or one specimen; readings of neither (controls) keep the order of their device. */
export function laneOf(observation: Observation): string {
  const subject = observation.binding?.subject;
  switch (subject?.kind) {
    case "patient":
      return `patient ${subject.patient.authority} ${subject.patient.id}`;
    case "specimen":
      return `specimen ${subject.specimen}`;
    case undefined:
      return `device ${observation.device.device}`;
    default:
      return subject satisfies never;
  }
}
