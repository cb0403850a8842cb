import { onTestFinished } from "vitest";
import type { DeliveryState, Journal } from "../../src/journal/journal.ts";
import type { Clock } from "../../src/model/times.ts";
import type { Alert, Wake } from "../../src/sinks/alarm.ts";
import { type Delivering, type DeliverOptions, deliver } from "../../src/sinks/deliver.ts";
import type { SendResult, Sink } from "../../src/sinks/sink.ts";
import { journalForTest } from "../kit/journals.ts";

/** Time that stands still until it is moved on; alarms ring in order. */
export class Hand {
  ms = 1000;
  #alarms: { readonly at: number; readonly ring: () => void }[] = [];

  readonly clock: Clock = {
    now: () => ({
      wall: new Date(Date.UTC(2026, 10, 23) + this.ms).toISOString(),
      monotonicMs: this.ms,
      boot: "b",
      quality: "synchronised",
    }),
  };

  readonly wake: Wake = (afterMs, ring) => {
    const alarm = { at: this.ms + afterMs, ring };
    this.#alarms.push(alarm);
    return () => {
      this.#alarms = this.#alarms.filter((one) => one !== alarm);
    };
  };

  get next(): number | undefined {
    return this.#alarms.map(({ at }) => at - this.ms).sort((a, b) => a - b)[0];
  }

  advance(ms: number): void {
    const end = this.ms + ms;
    for (;;) {
      const due = this.#alarms.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#alarms = this.#alarms.filter((one) => one !== due);
      this.ms = Math.max(this.ms, due.at);
      due.ring();
    }
    this.ms = end;
  }
}

interface Sent {
  readonly controlId: string;
  readonly text: string;
  readonly mayBeDuplicate: boolean;
  answer(result: SendResult): void;
}

/** A destination whose every answer the test gives: `reply` answers at once, otherwise `sent` waits for `answer`. */
export class ScriptedSink implements Sink {
  readonly sent: Sent[] = [];
  connects = 0;
  closed = 0;
  connection: SendResult = { ok: true };
  reply: ((n: number) => SendResult) | undefined;
  readonly id: string;
  readonly window: number;

  constructor(id = "emr", window = 1) {
    this.id = id;
    this.window = window;
  }

  encode(): Uint8Array {
    return new Uint8Array();
  }
  async connect(): Promise<SendResult> {
    this.connects += 1;
    return this.connection;
  }
  send({ controlId, bytes, mayBeDuplicate }: Parameters<Sink["send"]>[0]): Promise<SendResult> {
    return new Promise((resolve) => {
      const text = Buffer.from(bytes).toString();
      this.sent.push({ controlId, text, mayBeDuplicate, answer: resolve });
      if (this.reply !== undefined) resolve(this.reply(this.sent.length));
    });
  }
  async close(): Promise<void> {
    this.closed += 1;
  }
}

interface Setting {
  readonly sink: ScriptedSink;
  readonly journal: Journal;
  readonly hand: Hand;
  readonly alerts: Alert[];
  readonly worker: Delivering;
  readonly states: () => Promise<readonly DeliveryState[]>;
}

interface SettingOptions extends Partial<DeliverOptions> {
  readonly reply?: (n: number) => SendResult;
  readonly sink?: ScriptedSink;
  readonly journal?: Journal;
  readonly queued?: (journal: Journal) => Promise<unknown>;
  readonly gatherMs?: number;
}

/** The receiver takes it. */
export const ok: SendResult = { ok: true };

/** A worker at work on a real journal, with a sink and a time that the test moves on; stopped when the test ends. */
export async function setting({ sink = new ScriptedSink(), queued, ...over }: SettingOptions = {}): Promise<Setting> {
  if (over.reply !== undefined) sink.reply = over.reply;
  const journal = over.journal ?? (await journalForTest()).journal;
  await queued?.(journal);
  const hand = new Hand();
  const alerts: Alert[] = [];
  const options = { errorTries: over.errorTries ?? 3, whenUnsure: over.whenUnsure ?? "resend" } as const;
  const onAlert = (alert: Alert): void => void alerts.push(alert);
  const { clock, wake } = hand;
  const gatherMs = over.gatherMs ?? 0;
  const worker = deliver({ sink, journal, clock, options, onAlert, wake, random: () => 0, gatherMs });
  onTestFinished(async () => {
    sink.reply ??= () => ok;
    for (const { answer } of sink.sent) answer(ok);
    await worker.stop();
  });
  const states = async (): Promise<readonly DeliveryState[]> =>
    [...(await journal.deliveries({ limit: 10_000, sink: sink.id }))].reverse().map(({ state }) => state);
  return { sink, journal, hand, alerts, worker, states };
}

/** The control ids of all that was sent, in order. */
export const sentIds = (sink: ScriptedSink): string[] => sink.sent.map(({ controlId }) => controlId);
