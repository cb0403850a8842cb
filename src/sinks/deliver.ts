import type { Claimed, Journal, Outcome } from "../journal/journal.ts";
import { type ProblemCode, problems } from "../model/problem.ts";
import type { Clock } from "../model/times.ts";
import { Alarm, type Alert, type Wake } from "./alarm.ts";
import { backoffMs } from "./backoff.ts";
import { Intake } from "./intake.ts";
import { Settlement } from "./settlement.ts";
import type { SendResult, Sink } from "./sink.ts";

export interface DeliverOptions {
  /** How often a message is tried that the receiver answers with an error (AE), before it is set aside. */
  readonly errorTries: number;
  /** What becomes of a message that may have arrived: the same again, or a person decides. */
  readonly whenUnsure: "resend" | "ask";
}

export interface DeliverParts {
  readonly sink: Sink;
  readonly journal: Pick<Journal, "claim" | "attend" | "settle" | "nextDue" | "deliveries">;
  readonly clock: Clock;
  readonly options?: DeliverOptions;
  readonly onAlert: (alert: Alert) => void;
  /** The host's timers; tests bring their own. */
  readonly wake?: Wake;
  readonly random?: () => number;
  /** So long may the note that a message was delivered wait for others, in milliseconds; 0 unless told. */
  readonly gatherMs?: number;
}

/** The worker of one sink, at work. */
export interface Delivering {
  /** Something was queued, or a person changed something. */
  poke(): void;
  status(): DeliveringStatus;
  /** Sends nothing new, waits for what is under way, gives back the rest, and closes the sink. */
  stop(): Promise<void>;
}

export interface DeliveringStatus {
  readonly sink: string;
  /** `down`: waiting for the next try to connect. */
  readonly state: "connecting" | "up" | "down" | "stopped";
  /** What is wrong with the connection, if something is. */
  readonly code?: ProblemCode;
}

/** How often one message may break the connection, while others get through, before it is set aside. */
const poisonTries = 8;
/** Trouble with a connection that passes within this is not worth a person's time. */
const dwellMs = 15_000;

const timers: Wake = (afterMs, ring) => {
  const timer = setTimeout(ring, afterMs);
  return () => clearTimeout(timer);
};

/** Starts the worker of one sink: claims what is due, sends it in order, and settles what became of it. */
export function deliver(parts: DeliverParts): Delivering {
  return new Worker(parts);
}

/** `breaking`: the connection is of no use any more; what is under way comes to its end first. */
type Phase = "connecting" | "up" | "breaking" | "down";

class Worker implements Delivering {
  readonly #sink: Sink;
  readonly #journal: DeliverParts["journal"];
  readonly #clock: Clock;
  readonly #options: DeliverOptions;
  readonly #wake: Wake;
  readonly #random: () => number;
  readonly #connection: Alarm;
  readonly #deadLetters: Alarm;

  #phase: Phase = "connecting";
  /** Failures to get anything through since the receiver last answered. */
  #failures = 0;
  /** Takes back what the worker has asked to be woken for. */
  #sleepEnds: () => void = () => undefined;

  #underWay = 0;
  /** Counts breaks of the connection. */
  #breaks = 0;

  readonly #intake: Intake;
  readonly #settlement: Settlement;
  /** How often a delivery was answered with an error. */
  readonly #errors = new Map<string, number>();
  /** How often a delivery broke the connection, and how many others had got through when it first did. */
  readonly #broken = new Map<string, { readonly tries: number; readonly delivered: number }>();
  #delivered = 0;

  #stopped: (() => void) | undefined;

  constructor({ sink, journal, clock, options, onAlert, wake, random, gatherMs }: DeliverParts) {
    this.#sink = sink;
    this.#journal = journal;
    this.#clock = clock;
    this.#options = options ?? { errorTries: 3, whenUnsure: "resend" };
    this.#wake = wake ?? timers;
    this.#random = random ?? Math.random;
    this.#connection = new Alarm("connection", dwellMs, this.#wake, onAlert);
    this.#deadLetters = new Alarm("deliveries", 0, this.#wake, onAlert);
    this.#settlement = new Settlement({
      journal,
      wake: this.#wake,
      gatherMs: gatherMs ?? 0,
      onSettled: (outcomes) => this.#onSettled(outcomes),
      onRefused: () => this.#step(),
    });
    this.#intake = new Intake({
      sink: sink.id,
      journal,
      clock,
      settlement: this.#settlement,
      ...(this.#options.whenUnsure === "ask" && { askingWindow: sink.window }),
      isOpen: () => this.#phase === "up" && this.#stopped === undefined,
      sleep: (afterMs, ring) => this.#sleep(afterMs, ring),
      onEmpty: () => this.#healthy(),
      onInterrupted: (delivery) =>
        this.#settled(delivery, { state: "unsure", code: "DELIVERY_INTERRUPTED", mayHaveReached: true }),
      step: () => this.#step(),
    });
    void this.#connect();
    void this.#lookForDeadLetters();
  }

  poke(): void {
    this.#intake.stir();
    if (this.#deadLetters.raised) void this.#lookForDeadLetters();
    this.#step();
  }

  status(): DeliveringStatus {
    const { code } = this.#connection;
    const state = this.#phase === "breaking" ? "down" : this.#phase;
    return {
      sink: this.#sink.id,
      state: this.#stopped === undefined ? state : "stopped",
      ...(code === undefined ? {} : { code }),
    };
  }

  async stop(): Promise<void> {
    const quiet = new Promise<void>((resolve) => {
      this.#stopped = resolve;
    });
    this.#sleepEnds();
    this.#connection.stop();
    this.#intake.clear();
    this.#settlement.close();
    this.#step();
    await quiet;
    await this.#sink.close();
  }

  /** Does whatever can be done now. Called after everything that happens. */
  #step(): void {
    if (this.#stopped !== undefined) {
      this.#stepToStop(this.#stopped);
      return;
    }
    switch (this.#phase) {
      case "up":
        this.#sendHeld();
        this.#intake.ask(this.#underWay);
        break;
      case "breaking":
        if (this.#underWay === 0) this.#goDown();
        break;
      case "connecting":
      case "down":
        break;
      default:
        this.#phase satisfies never;
    }
    this.#settlement.settle();
  }

  #stepToStop(stopped: () => void): void {
    this.#settlement.flush();
    if (this.#underWay === 0 && !this.#intake.busy && this.#settlement.idle) stopped();
  }

  // ---- the connection

  async #connect(): Promise<void> {
    this.#phase = "connecting";
    const result = await this.#sink.connect();
    if (this.#stopped !== undefined) return;
    if (result.ok) {
      this.#phase = "up";
      this.#intake.stir();
      this.#step();
    } else {
      this.#connection.trouble(result.code);
      this.#goDown();
    }
  }

  /** The connection broke, or cannot be relied upon: what was not sent goes back untouched. */
  #broke(code: ProblemCode): void {
    this.#connection.trouble(code);
    this.#intake.clear();
    if (this.#phase !== "up") return;
    this.#phase = "breaking";
    this.#breaks += 1;
  }

  #goDown(): void {
    this.#phase = "down";
    // The first time at once: receivers close connections that were idle, and are there all the same.
    const afterMs = this.#failures === 0 && this.#breaks > 0 ? 0 : backoffMs(this.#failures, this.#random);
    this.#failures += 1;
    this.#sleep(afterMs, () => void this.#connect());
  }

  /** The receiver answered, or is there and nothing waits. */
  #healthy(): void {
    this.#failures = 0;
    this.#connection.over();
  }

  // ---- sending

  #sendHeld(): void {
    while (this.#phase === "up" && this.#underWay < this.#sink.window) {
      const next = this.#intake.next();
      if (next === undefined) return;
      this.#underWay += 1;
      this.#sink.send(next).then(
        (result) => this.#finished(next, result),
        // A sink that throws has said nothing about the message.
        () => this.#finished(next, { ok: false, code: "DELIVERY_INTERRUPTED" }),
      );
    }
  }

  #finished(delivery: Claimed, result: SendResult): void {
    this.#underWay -= 1;
    if (result.ok) {
      // The next one is on its way while this one is written down.
      if (this.#stopped === undefined) this.#sendHeld();
      this.#delivered += 1;
      this.#settled(delivery, { state: "delivered", ...answerOf(result) });
      this.#healthy();
    } else this.#failed(delivery, result);
    this.#step();
  }

  #failed(delivery: Claimed, result: SendResult & { ok: false }): void {
    const { code } = result;
    const said = { code, ...answerOf(result) };
    const failure = problems[code].class;
    switch (failure) {
      case "permanent":
        this.#settled(delivery, { state: "rejected", ...said });
        this.#healthy();
        return;
      case "transient":
        if (code === "ACK_ERROR") this.#answeredWithError(delivery, said);
        else {
          this.#turnBack(delivery, {});
          this.#broke(code);
        }
        return;
      case "unsure":
        if (this.#options.whenUnsure === "ask" || this.#isPoison(delivery)) {
          this.#settled(delivery, { state: "unsure", ...said, mayHaveReached: true });
        } else this.#turnBack(delivery, { ...said, mayHaveReached: true, ...this.#retryAfter(delivery.attempts + 1) });
        this.#broke(code);
        return;
      default:
        failure satisfies never;
    }
  }

  /** Others get through, and this one breaks the connection each time: it is this message, and a person must look. */
  #isPoison({ id }: Claimed): boolean {
    const before = this.#broken.get(id) ?? { tries: 0, delivered: this.#delivered };
    const tries = before.tries + 1;
    this.#broken.set(id, { ...before, tries });
    return tries >= poisonTries && this.#delivered > before.delivered;
  }

  #answeredWithError(delivery: Claimed, said: Pick<Outcome, "code" | "answer">): void {
    const errors = (this.#errors.get(delivery.id) ?? 0) + 1;
    if (errors >= this.#options.errorTries) this.#settled(delivery, { state: "rejected", ...said });
    else {
      this.#turnBack(delivery, { ...said, ...this.#retryAfter(errors) });
      this.#errors.set(delivery.id, errors);
    }
    this.#healthy();
  }

  #retryAfter(failures: number): { readonly nextAtMs: number } {
    return { nextAtMs: this.#clock.now().monotonicMs + backoffMs(failures, this.#random) };
  }

  // ---- settling

  #settled({ id }: Claimed, outcome: Omit<Outcome, "id" | "at">): void {
    this.#errors.delete(id);
    if (outcome.state !== "queued") this.#broken.delete(id);
    this.#settlement.add({ id, at: this.#clock.now().wall, ...outcome });
  }

  /** Back into the queue, and with it all later ones of its lane. */
  #turnBack(delivery: Claimed, outcome: Omit<Outcome, "id" | "at" | "state">): void {
    this.#settled(delivery, { state: "queued", ...outcome });
    this.#intake.turnBack(delivery.lane);
  }

  #onSettled(outcomes: readonly Outcome[]): void {
    const dead = outcomes.find(({ state }) => state === "rejected" || state === "unsure");
    if (dead?.code !== undefined) this.#deadLetters.trouble(dead.code);
    this.#step();
  }

  async #lookForDeadLetters(): Promise<void> {
    try {
      const [one] = await this.#journal.deliveries({ sink: this.#sink.id, states: ["rejected", "unsure"], limit: 1 });
      if (one === undefined) this.#deadLetters.over();
      else if (one.code !== undefined) this.#deadLetters.trouble(one.code);
    } catch {
      // Asked again at the next poke.
    }
  }

  #sleep(afterMs: number, ring: () => void): void {
    this.#sleepEnds();
    if (this.#stopped === undefined) this.#sleepEnds = this.#wake(afterMs, ring);
  }
}

function answerOf({ answer }: SendResult): { readonly answer?: string } {
  return answer === undefined ? {} : { answer };
}
