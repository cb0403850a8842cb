import type { DeviceIdentity } from "../model/device.ts";
import type { CaptureLine } from "./capture.ts";
import type { Action, Finding, Scan, Session, SessionEvent } from "./contract.ts";

/** What a session hears after a report; `none` is no answer at all. */
export type Answer = "stored" | "refused" | "none";

export interface ReplayOptions {
  /** One answer to all reports, or one for each receipt; `stored` by default. */
  readonly answer?: Answer | ((receipt: number) => Answer);
}

/** One step of a session: an event it was given, or an action it asked for, at virtual time `ms`. */
export type Step =
  | { readonly ms: number; readonly event: SessionEvent }
  | { readonly ms: number; readonly action: Action };

/** Everything that a session made of a capture, in order. */
export interface Replayed {
  readonly findings: readonly Finding[];
  readonly scans: readonly Scan[];
  readonly identities: readonly DeviceIdentity[];
  readonly discards: readonly Extract<Action, { do: "discard" }>[];
  /** All bytes written, joined. */
  readonly writes: Uint8Array;
  readonly steps: readonly Step[];
}

/** A session that keeps itself busy without end has a fault; a replay stops it after so many answers or alarms. */
const most = { answers: 100_000, alarms: 1_000_000 };

/**
 * Plays a capture to a fresh session in virtual time: opens it, gives it each `in` after the alarms due at or before
 * that time, answers its reports at once, lets alarms ring until the last line's time, and closes it. Throws what the
 * session throws, and a RangeError where it never comes to rest.
 */
export function replay(session: Session, lines: readonly CaptureLine[], options: ReplayOptions = {}): Replayed {
  const player = new VirtualTime(session, options.answer ?? "stored");
  player.give({ on: "open" });
  for (const line of lines) {
    player.advance(line.ms);
    if ("in" in line) player.give({ on: "data", bytes: line.in });
  }
  player.give({ on: "close" });
  return collect(player.steps);
}

/** Sorts steps by what they are. */
export function collect(steps: readonly Step[]): Replayed {
  const findings: Finding[] = [];
  const scans: Scan[] = [];
  const identities: DeviceIdentity[] = [];
  const discards: Extract<Action, { do: "discard" }>[] = [];
  const written: Uint8Array[] = [];
  for (const step of steps) {
    if (!("action" in step)) continue;
    const { action } = step;
    switch (action.do) {
      case "report":
        findings.push(...action.findings);
        break;
      case "scan":
        scans.push(action.scan);
        break;
      case "identify":
        identities.push(action.identity);
        break;
      case "discard":
        discards.push(action);
        break;
      case "write":
        written.push(action.bytes);
        break;
      case "wake":
        break;
      default:
        action satisfies never;
    }
  }
  return { findings, scans, identities, discards, writes: joined(written), steps };
}

/** A session under a clock that moves only when told to. Answers reports at once, alarms ring in their order. */
export class VirtualTime {
  readonly steps: Step[] = [];
  now = 0;
  readonly #session: Session;
  readonly #answer: Answer | ((receipt: number) => Answer);
  #alarm: number | undefined;

  constructor(session: Session, answer: Answer | ((receipt: number) => Answer)) {
    this.#session = session;
    this.#answer = answer;
  }

  /** When the alarm rings, if one is set. */
  get alarm(): number | undefined {
    return this.#alarm;
  }

  /** Gives an event and the answers that it leads to; returns the actions asked for. */
  give(event: SessionEvent): Action[] {
    const all: Action[] = [];
    const waiting: SessionEvent[] = [event];
    let given = 0;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (++given > most.answers) throw new RangeError("the session reports without end");
      this.steps.push({ ms: this.now, event: next });
      for (const action of this.#session.handle(next)) {
        this.steps.push({ ms: this.now, action });
        all.push(action);
        if (action.do === "wake") this.#alarm = action.afterMs > 0 ? this.now + action.afterMs : undefined;
        if (action.do !== "report") continue;
        const answer = typeof this.#answer === "function" ? this.#answer(action.receipt) : this.#answer;
        if (answer !== "none") waiting.push({ on: answer, receipt: action.receipt });
      }
    }
    return all;
  }

  /** Lets time pass; alarms due at or before `ms` ring at their own time. */
  advance(ms: number): Action[] {
    const all: Action[] = [];
    let rung = 0;
    while (this.#alarm !== undefined && this.#alarm <= ms) {
      if (++rung > most.alarms) throw new RangeError("the session sets alarms without end");
      this.now = Math.max(this.now, this.#alarm);
      this.#alarm = undefined;
      all.push(...this.give({ on: "wake" }));
    }
    this.now = Math.max(this.now, ms);
    return all;
  }
}

/** Byte strings end to end. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
