import type { HoldReason, Observation, Standing } from "../model/observation.ts";
import type { Binding } from "../model/patient.ts";
import type { ProblemCode } from "../model/problem.ts";
import type { Instant, Times } from "../model/times.ts";

/**
 * The journal: what was read, what became of it, and the queue of what is still to be sent, in one SQLite file.
 * A promise that resolves means that the change is on disk (fsynced); one that rejects means that nothing of it is.
 */
export interface Journal {
  /**
   * Stores observations, events and deliveries in one transaction. Calls made while a commit is under way share the
   * next one. An observation whose source key is already there is left out, and so is a delivery none of whose
   * observations was new.
   */
  append(entry: Entry): Promise<Appended>;

  /** Which of these source keys are stored already. */
  known(sourceKeys: readonly string[]): Promise<ReadonlySet<string>>;

  /**
   * Takes up to `limit` deliveries of a sink that are due, oldest first, and marks them `sending` before it answers.
   * Never passes an earlier one of the same lane that waits for its next try; those still `sending` are in the same
   * hands and go first. A dead letter lets its lane go on, but a withdrawal or correction waits for the dead letter
   * that carries the same observation. `nowMs` and `nextAtMs` count on one monotonic clock of the caller; after a
   * restart everything queued is due.
   */
  claim(sink: string, limit: number, nowMs: number): Promise<readonly Claimed[]>;

  /**
   * Offers a sink's deliveries as they are stored, so that they need not be claimed: what is taken is stored as
   * `sending`. One taker for each sink.
   */
  attend(sink: string, taker: Taker): void;

  /** Writes down what became of claimed deliveries, all in one transaction. Outcomes of others change nothing. */
  settle(outcomes: readonly Outcome[]): Promise<void>;

  /** When the next queued delivery of a sink falls due, if there is one. */
  nextDue(sink: string): Promise<number | undefined>;

  observations(query: ObservationQuery): Promise<readonly StoredObservation[]>;
  deliveries(query: DeliveryQuery): Promise<readonly StoredDelivery[]>;
  /** The raw bytes of one delivery, as they are or were sent. */
  deliveryBytes(id: string): Promise<Uint8Array | undefined>;
  events(query: { readonly limit: number; readonly types?: readonly string[] }): Promise<readonly StoredEvent[]>;
  counts(): Promise<Counts>;

  /**
   * Changes how an observation stands: attached, refused, held, given to another patient, its time mended. The row as
   * it was stored stays; the change is an event, and queries answer with the newest standing, binding and times.
   * Rejects with NOT_FOUND or NOT_ALLOWED and changes nothing if it does not stand as `from` says.
   */
  amend(amendment: Amendment): Promise<void>;
  /** Puts a rejected, unsure or waiting delivery back to the head of its line, same bytes, same control id. */
  retry(delivery: string, by: string, at: Instant): Promise<void>;
  /** Gives a rejected or unsure delivery up. */
  abandon(delivery: string, by: string, reason: string, at: Instant): Promise<void>;

  /**
   * Removes observations older than `before` all of whose deliveries are delivered or given up, then as many of the
   * oldest such as bring the file below the size given at opening; answers how many. Held readings stay. Events go
   * with the readings of their time. The source key of what an instrument may report again is kept for good.
   */
  retain(before: Instant): Promise<number>;

  close(): Promise<void>;
}

export interface Entry {
  readonly observations: readonly Observation[];
  readonly events: readonly JournalEvent[];
  /** May be a getter: it is read once, before the commit, and late where that is cheaper. */
  readonly deliveries: readonly NewDelivery[];
  /** Somebody goes on only once it is stored: an instrument that waits for its answer, or the next report in turn. */
  readonly awaited?: boolean;
}

export interface Appended {
  /** Ids of the observations that were new. */
  readonly stored: readonly string[];
  /** How many were known already. */
  readonly known: number;
}

/** What happened, append-only: scans, associations, people's acts, links, alerts. Never holds secrets of the site. */
export interface JournalEvent {
  readonly at: Instant;
  /** `association-opened`, `attached`, `link-opened` … */
  readonly type: string;
  readonly place?: string;
  readonly device?: string;
  readonly by?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface StoredEvent extends JournalEvent {
  readonly seq: number;
}

/** A message on its way to one sink: its bytes are written once and never changed. */
export interface NewDelivery {
  /** Also the journal's key. UUIDv7. */
  readonly id: string;
  readonly sink: string;
  /** The observations that it carries; the first one leads. */
  readonly observations: readonly string[];
  /** Order is kept within a lane: one patient, or one specimen, or the device where there is neither. */
  readonly lane: string;
  /** MSH-10; at most 20 characters; the same on every resend. */
  readonly controlId: string;
  readonly purpose: Purpose;
  readonly bytes: Uint8Array;
}

export type Purpose = "result" | "withdrawal" | "correction";

export interface Claimed {
  readonly id: string;
  readonly lane: string;
  readonly controlId: string;
  readonly bytes: Uint8Array;
  readonly attempts: number;
  /** Set when an earlier attempt may have reached the far end. */
  readonly mayBeDuplicate: boolean;
  /** The gateway ended while this one was `sending`, and neither a sink nor a person has settled it since. */
  readonly interrupted: boolean;
}

/** Takes the deliveries of a sink in the moment in which they are stored. */
export interface Taker {
  /**
   * How many it would take now. 0 while an earlier one of its sink may be in the queue, or on its way back there: the
   * new ones would pass it.
   */
  room(): number;
  /** These are on disk, and as if claimed, in order. */
  take(claimed: readonly Claimed[]): void;
  /** There is something new in the queue. */
  queued(): void;
}

export type DeliveryState = "queued" | "sending" | "delivered" | "rejected" | "unsure" | "abandoned";

/**
 * `queued` with a code is a retry, at once or at `nextAtMs`; `queued` without one gives it back as it was, never handed
 * over, and counts no attempt. `unsure` waits for a person.
 */
export interface Outcome {
  readonly id: string;
  readonly state: Exclude<DeliveryState, "sending" | "abandoned">;
  /** When the outcome was known, for `delivered` the receiver's acceptance. */
  readonly at: Instant;
  readonly code?: ProblemCode;
  /** What the receiver said (of HL7: MSA-1, then MSA-3 and each ERR's words), which stays on this box. */
  readonly answer?: string;
  readonly nextAtMs?: number;
  /** Whether this attempt may have reached the far end. */
  readonly mayHaveReached?: boolean;
}

export interface StoredObservation {
  readonly seq: number;
  /** Rises with every amendment. */
  readonly version: number;
  readonly observation: Observation;
  readonly deliveries: readonly StoredDelivery[];
}

export interface StoredDelivery {
  readonly id: string;
  readonly sink: string;
  readonly observations: readonly string[];
  readonly purpose: Purpose;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly controlId: string;
  readonly nextAtMs?: number;
  readonly settledAt?: Instant;
  readonly code?: ProblemCode;
  readonly answer?: string;
}

/** Newest first; with `afterSeq` those stored after it, oldest first. */
export interface ObservationQuery {
  readonly limit: number;
  readonly ids?: readonly string[];
  readonly standing?: Observation["standing"]["state"];
  readonly place?: string;
  readonly group?: string;
  readonly afterSeq?: number;
}

/** Newest first. */
export interface DeliveryQuery {
  readonly limit: number;
  readonly ids?: readonly string[];
  readonly sink?: string;
  readonly states?: readonly DeliveryState[];
}

export interface Counts {
  readonly observations: number;
  readonly held: number;
  readonly heldReasons: Readonly<Partial<Record<HoldReason, number>>>;
  /** Per sink and state. */
  readonly deliveries: Readonly<Record<string, Partial<Record<DeliveryState, number>>>>;
}

export interface Amendment {
  /** One observation, or all of a group: all of them change or none. */
  readonly observations: readonly string[];
  /** The version of each that the decision rests on, in their order: if one has changed since, nothing is changed. */
  readonly versions?: readonly number[];
  /** How each must stand now. */
  readonly from: Observation["standing"]["state"];
  readonly standing: Standing;
  /** Replaces the binding; left out, the binding stays. */
  readonly binding?: Binding;
  /** Others that get the binding too and go on standing as they do: the rest of a group that was taken together. */
  readonly along?: readonly { readonly observation: string; readonly version: number }[];
  readonly times?: Times;
  /**
   * Gives up its deliveries that were never handed to a sink. If one was handed over, or may have been, or waits and
   * carries others too that would then never be sent, the amendment is rejected with NOT_ALLOWED.
   */
  readonly recall?: boolean;
  readonly event: JournalEvent;
  readonly deliveries: readonly NewDelivery[];
}

/** A journal that cannot do what was asked, with the code that the operator sees. */
export class JournalError extends Error {
  override readonly name = "JournalError";
  readonly code: ProblemCode;
  constructor(code: ProblemCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}
