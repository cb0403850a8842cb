import type { Desk } from "../desk.ts";
import type { DeviceStatus } from "../devices/device.ts";
import type { Gateway } from "../gateway.ts";
import type { Journal } from "../journal/journal.ts";
import type { ProblemCode } from "../model/problem.ts";
import type { Clock } from "../model/times.ts";
import type { PlaceStatus, Places } from "../places.ts";
import type { Answer } from "./control.ts";
import type { Request } from "./requests.ts";

export interface AnswerParts {
  readonly journal: Journal;
  readonly gateway: Gateway;
  readonly places: Places;
  readonly desk: Desk;
  readonly clock: Clock;
  readonly devices: () => readonly DeviceStatus[];
  readonly sinks: () => readonly SinkStatus[];
  readonly lastGood?: boolean;
  /** Tells the delivery workers that something was queued. */
  readonly poke: () => void;
}

/** How it stands with one destination. */
export interface SinkStatus {
  readonly sink: string;
  readonly state: string;
  /** What is wrong: with the way to it, or with what becomes of readings behind it. */
  readonly code?: ProblemCode;
}

/** The whole gateway at a glance. */
export interface GatewayStatus {
  readonly devices: readonly DeviceStatus[];
  readonly places: readonly PlaceStatus[];
  /** It started with the last good configuration, for the operator's has mistakes. */
  readonly lastGood?: true;
  readonly sinks: readonly SinkStatus[];
  readonly counts: Awaited<ReturnType<Journal["counts"]>>;
}

/** What the gateway answers to each request at its control socket. Listings end with what is newest. */
export function answers({
  journal,
  gateway,
  places,
  desk,
  clock,
  devices,
  sinks,
  lastGood,
  poke,
}: AnswerParts): Answer {
  const known = {
    places: () => places.status().map(({ place }) => place),
    sinks: () => sinks().map(({ sink }) => sink),
  };
  return async function* answer(request: Request) {
    switch (request.do) {
      case "status": {
        const status: GatewayStatus = {
          devices: devices(),
          places: places.status(),
          sinks: sinks(),
          ...(lastGood === true && { lastGood }),
          counts: await journal.counts(),
        };
        yield status;
        return;
      }
      case "readings": {
        const { do: _, ...query } = request;
        const rows = await journal.observations(query);
        if (rows.length === 0) mustBeKnown("place", query.place, known.places());
        yield* query.afterSeq === undefined ? rows.toReversed() : rows;
        return;
      }
      case "deliveries": {
        const { do: _, ...query } = request;
        const rows = await journal.deliveries(query);
        if (rows.length === 0) mustBeKnown("destination", query.sink, known.sinks());
        yield* rows.toReversed();
        return;
      }
      case "bytes": {
        const bytes = await journal.deliveryBytes(request.id);
        if (bytes === undefined) throw notFound(`No delivery has the id ${request.id}.`);
        yield { text: new TextDecoder().decode(bytes) };
        return;
      }
      case "events":
        yield* (await journal.events({ limit: request.limit })).toReversed();
        return;
      case "hold":
      case "attach":
      case "release":
      case "move":
      case "discard":
        try {
          yield* await desk.act(request);
        } finally {
          poke();
        }
        return;
      case "retry":
        for (const id of request.ids) {
          await journal.retry(id, request.by, clock.now().wall);
          yield { id, now: "queued" };
        }
        poke();
        return;
      case "abandon":
        for (const id of request.ids) {
          await journal.abandon(id, request.by, request.reason, clock.now().wall);
          yield { id, now: "abandoned" };
        }
        poke();
        return;
      case "done":
        mustBeKnown("place", request.place, known.places());
        gateway.keep(places.done(request.place, request.by, clock.now()));
        yield* places.status().filter(({ place }) => place === request.place);
        return;
      default:
        request satisfies never;
    }
  };
}

/** An empty answer to a misspelled name would look like good news. */
function mustBeKnown(what: string, name: string | undefined, known: readonly string[]): void {
  if (name === undefined || known.includes(name)) return;
  throw notFound(
    `There is no ${what} “${name}”; there ${known.length === 1 ? "is" : "are"} ${known.join(", ") || "none"}.`,
  );
}

/** What was asked for is not there. */
function notFound(message: string): Error {
  return Object.assign(new Error(message), { code: "NOT_FOUND" });
}
