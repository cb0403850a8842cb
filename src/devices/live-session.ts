import type { Action, Finding, Scan, Session, SessionEvent } from "../driver-kit/contract.ts";
import type { Connection, Ending } from "../links/link.ts";
import type { DeviceIdentity, DeviceReference } from "../model/device.ts";
import type { Clock, HostTime } from "../model/times.ts";
import { Arrivals } from "./arrivals.ts";
import { isNoise } from "./noise.ts";
import { Presence } from "./presence.ts";
import type { Recording } from "./recorder.ts";
import type { Timers } from "./timers.ts";

/**
 * Reports that may wait for their answer before the instrument is asked to wait, where its link can. As many as share a
 * commit or two: more would fill the memory and gain nothing.
 */
const mostUnanswered = 384;

/** What a session that lives tells the device that it is part of. */
interface LiveSessionEvents {
  /** Stores findings. A rejection counts as refused. `awaited`: the instrument may be waiting for the answer. */
  report(findings: readonly Finding[], circumstances: Arrival, awaited: boolean): Promise<"stored" | "refused">;
  scan(scan: Scan, received: HostTime): void;
  /** Bytes that were discarded, in their order among scans and reports. */
  discarded(discard: Discard, received: HostTime): void;
  identify(identity: DeviceIdentity, received: HostTime): void;
  /** Who is at the other end, as far as it has said. */
  instrument(): Instrument;
  /** Bytes that came, after the session has taken them, with the discards that they led to. */
  heard(bytes: number, discards: readonly Discard[], received: HostTime): void;
  /** The driver threw, which it must never do. The session is over then. */
  fault(error: unknown): void;
  /** It is over, not by `close`: the connection ended by itself, or there was a fault. At most once. */
  over(end: Ending | { readonly reason: "fault" }): void;
}

export type Discard = Extract<Action, { do: "discard" }>;

/** An instrument, and by how much its clock is ahead of the host's, where it was compared. */
export interface Instrument {
  readonly device: DeviceReference;
  readonly skewMs?: number;
}

/** How findings came in, as it was when they were reported first. Times without a date are on the steady clock. */
export interface Arrival {
  /** When their last byte came. */
  readonly received: HostTime;
  /** Where it is forgotten when it came: after this, and no later than `received`. */
  readonly receivedAfterMs?: number;
  /** Since when their instrument has been at the other end. */
  readonly connectedSinceMs: number;
  /** Which is not the one that identified itself since, if they are offered again. */
  readonly instrument: Instrument;
}

/**
 * A driver's session on a real connection: passes bytes and alarms in, carries out what it asks for, and gives it
 * exactly one answer for each receipt, in the order of the receipts. Once over, it gets none: what is still being
 * stored then is stored, but no instrument is told.
 */
export class LiveSession {
  readonly #session: Session;
  readonly #connection: Connection;
  readonly #recording: Recording;
  readonly #timers: Timers;
  readonly #clock: Clock;
  readonly #events: LiveSessionEvents;
  readonly #openedMs: number;
  readonly #unanswered: { readonly receipt: number; answer?: "stored" | "refused" }[] = [];
  readonly #arrivals = new Arrivals();
  readonly #presence: Presence;
  /** Of findings that were refused: however late they are offered again, they came when they came. */
  readonly #refused = new WeakMap<readonly Finding[], Arrival>();
  /** Whether the instrument is told when something is stored, as far as that was seen. */
  #isTold: boolean | undefined;
  #storing = 0;
  #whenStored: (() => void)[] = [];
  #discards: Discard[] = [];
  #cancelAlarm: (() => void) | undefined;
  #paused = false;
  #over = false;

  constructor(parts: {
    readonly session: Session;
    readonly connection: Connection;
    readonly recording: Recording;
    readonly timers: Timers;
    readonly clock: Clock;
    readonly openedMs: number;
    /** Whether the instrument is carried from room to room. */
    readonly carried: boolean;
    readonly events: LiveSessionEvents;
  }) {
    this.#session = parts.session;
    this.#connection = parts.connection;
    this.#recording = parts.recording;
    this.#timers = parts.timers;
    this.#clock = parts.clock;
    this.#openedMs = parts.openedMs;
    this.#presence = new Presence(parts.openedMs, parts.carried);
    this.#events = parts.events;
  }

  start(): void {
    this.#give({ on: "open" }, this.#clock.now());
    if (this.#over) return;
    this.#connection.start({ data: (bytes) => this.#data(bytes), closed: (ending) => this.#lost(ending) });
  }

  /** Ends it from this side: the session may still write its farewell. */
  async close(): Promise<void> {
    if (this.#over) return;
    this.#give({ on: "close" }, this.#clock.now());
    this.#end();
    await this.#connection.close();
  }

  /** Resolves once nothing that was reported is still on its way to the disk. */
  stored(): Promise<void> {
    if (this.#storing === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenStored.push(resolve));
  }

  #data(bytes: Uint8Array): void {
    if (this.#over) return;
    const received = this.#clock.now();
    this.#recording.in(received.monotonicMs - this.#openedMs, bytes);
    this.#arrivals.add(bytes.length, received);
    this.#presence.heard(bytes.length, received.monotonicMs);
    this.#give({ on: "data", bytes }, received);
    this.#tellHeard(bytes.length, received);
  }

  #lost(ending: Ending): void {
    if (this.#over) return;
    const now = this.#clock.now();
    this.#give({ on: "close" }, now);
    this.#tellHeard(0, now);
    this.#end();
    this.#events.over(ending);
  }

  #give(event: SessionEvent, received: HostTime): void {
    let actions: readonly Action[];
    try {
      actions = this.#session.handle(event);
    } catch (error) {
      this.#events.fault(error);
      if (event.on === "close") return;
      this.#end();
      void this.#connection.close();
      this.#events.over({ reason: "fault" });
      return;
    }
    for (const action of actions) this.#carryOut(action, received, event.on);
    if (event.on === "stored") this.#isTold ??= false;
  }

  #carryOut(action: Action, received: HostTime, on: SessionEvent["on"]): void {
    switch (action.do) {
      case "write":
        if (on === "wake") this.#presence.asks(received.monotonicMs);
        if (on === "stored") this.#isTold = true;
        this.#recording.out(received.monotonicMs - this.#openedMs, action.bytes);
        this.#connection.write(action.bytes, action.as);
        return;
      case "wake":
        this.#cancelAlarm?.();
        this.#cancelAlarm = action.afterMs > 0 ? this.#timers.after(action.afterMs, () => this.#ring()) : undefined;
        return;
      case "report":
        this.#report(action.receipt, action.findings, received);
        return;
      case "identify":
        this.#presence.identified(action.identity.serial, received.monotonicMs);
        this.#events.identify(action.identity, received);
        return;
      case "scan":
        this.#events.scan(action.scan, received);
        return;
      case "discard":
        this.#discards.push(action);
        // What nobody asked for answers nothing: it may be the line's own echo.
        if (isNoise(action.reason) || action.reason === "unsolicited")
          this.#presence.noise(action.span.to - action.span.from);
        else this.#presence.understood();
        this.#events.discarded(action, received);
        return;
      default:
        action satisfies never;
    }
  }

  #ring(): void {
    this.#cancelAlarm = undefined;
    if (this.#over) return;
    const now = this.#clock.now();
    this.#give({ on: "wake" }, now);
    this.#tellHeard(0, now);
  }

  #tellHeard(bytes: number, received: HostTime): void {
    const discards = this.#discards;
    if (this.#over || (bytes === 0 && discards.length === 0)) return;
    this.#discards = [];
    this.#events.heard(bytes, discards, received);
  }

  #report(receipt: number, findings: readonly Finding[], received: HostTime): void {
    const waiting: { readonly receipt: number; answer?: "stored" | "refused" } = { receipt };
    this.#unanswered.push(waiting);
    this.#storing += 1;
    if (this.#storing >= mostUnanswered && !this.#paused) {
      this.#paused = true;
      this.#connection.pause();
    }
    const arrival = this.#refused.get(findings) ?? this.#arrivalOf(findings, received);
    const settle = (answer: "stored" | "refused") => {
      if (answer === "refused") this.#refused.set(findings, arrival);
      waiting.answer = answer;
      this.#storing -= 1;
      this.#answer();
      if (this.#storing === 0) for (const done of this.#whenStored.splice(0)) done();
    };
    this.#events.report(findings, arrival, this.#isTold ?? true).then(settle, () => settle("refused"));
  }

  #arrivalOf(findings: readonly Finding[], now: HostTime): Arrival {
    this.#presence.understood();
    const connectedSinceMs = this.#presence.since;
    const instrument = this.#events.instrument();
    const lastByte = findings.reduce((to, { span }) => Math.max(to, span.to), 0);
    const { at: received, atLatest } = this.#arrivals.of(lastByte) ?? { at: now, atLatest: false };
    if (!atLatest) return { received, connectedSinceMs, instrument };
    return { received, receivedAfterMs: this.#openedMs, connectedSinceMs, instrument };
  }

  /** Gives the answers that are there, up to the first receipt whose answer is not. */
  #answer(): void {
    for (let next = this.#unanswered[0]; next?.answer !== undefined; next = this.#unanswered[0]) {
      this.#unanswered.shift();
      if (!this.#over) this.#give({ on: next.answer, receipt: next.receipt }, this.#clock.now());
    }
    if (this.#paused && this.#storing < mostUnanswered / 2) {
      this.#paused = false;
      this.#connection.resume();
    }
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancelAlarm?.();
    this.#recording.end(this.#clock.now().monotonicMs - this.#openedMs);
  }
}
