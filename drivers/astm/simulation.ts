import type { Instrument, InstrumentAction, InstrumentEvent, Simulation } from "../../src/driver-kit/instrument.ts";
import { numberAndUnit, typicalResults } from "../../src/driver-kit/typical-results.ts";
import type { Out, Upper } from "./line.ts";
import { Link } from "./link.ts";
import { type Options, rulesOf, options as schema } from "./options.ts";
import { instrumentTimes } from "./sender.ts";

/** Units of what it measures where no unit is given with the number; other channels are sent without one. */
const units: Readonly<Record<string, string>> = { HbA1c: "%", Alb: "mg/L", Crt: "mg/dL", Ratio: "mg/g", Glu: "mmol/L" };

/**
 * It waits 2 s for an answer where the standard says 15 s, so that demonstrations and tests under faults need not: an
 * impatient instrument asks no less of the gateway.
 */
const times = { ...instrumentTimes, reply: 2000, refused: 1000, interrupted: 1000 };
/** Before a message that was not acknowledged to its end is sent again, from its beginning. */
const AGAIN_MS = 1000;

interface Measurement {
  readonly n: number;
  /** Its message, one text a frame. */
  readonly texts: readonly string[];
}

/**
 * An analyzer that sends a message for each measurement, one record a frame, and keeps it until every frame of it is
 * acknowledged. On a new connection it begins anew.
 */
class Analyzer implements Instrument, Upper, Out {
  readonly #options: Options;
  readonly #waiting: Measurement[] = [];
  #link: Link;
  #count = 0;
  #actions: InstrumentAction[] = [];

  constructor(options: Options) {
    this.#options = options;
    this.#link = this.#newLink();
  }

  handle(event: InstrumentEvent): readonly InstrumentAction[] {
    switch (event.on) {
      case "open":
        this.arm(0);
        this.#link = this.#newLink();
        this.#sendNext(0);
        break;
      case "data":
        this.#link.data(event.bytes);
        break;
      case "wake":
        this.#link.wake();
        break;
      case "measure":
        this.#waiting.push({ n: ++this.#count, texts: message(event.values, event.at, this.#count, this.#options) });
        if (this.#waiting.length === 1) this.#sendNext(0);
        break;
      default:
        event satisfies never;
    }
    this.#link.settle();
    const actions = this.#actions;
    this.#actions = [];
    return actions;
  }

  write(bytes: Uint8Array): void {
    this.#actions.push({ do: "write", bytes });
  }

  arm(afterMs: number): void {
    this.#actions.push({ do: "wake", afterMs });
  }

  sent(ok: boolean): void {
    const first = ok ? this.#waiting.shift() : undefined;
    if (first !== undefined) this.#actions.push({ do: "safe", n: first.n });
    this.#sendNext(ok ? 0 : AGAIN_MS);
  }

  // What the gateway sends, it takes and forgets.
  discard(): void {}
  remark(): void {}
  begun(): void {}
  ended(): void {}
  take(): "accept" {
    return "accept";
  }
  busy(): boolean {
    return false;
  }

  #newLink(): Link {
    return new Link(rulesOf(this.#options), times, this, this);
  }

  #sendNext(afterMs: number): void {
    const [first] = this.#waiting;
    if (first !== undefined) this.#link.send(first.texts, afterMs);
  }
}

/** `patient`, `specimen` and `operator` go where the options say that this model writes them; all else is a channel. */
function message(values: Readonly<Record<string, string>>, at: string, n: number, options: Options): readonly string[] {
  const { patient = "", specimen = "", operator = "", ...channels } = values;
  const time = at.replace(/\D/g, "").slice(0, 14);
  const names = Object.keys(channels);
  const results = names.map((channel, i) => {
    const { text, unit = units[channel] ?? "" } = numberAndUnit(channels[channel] ?? "");
    const split = /\d/.test(text) ? `^${text}` : `${text}^`;
    return record("R", {
      2: String(i + 1),
      3: testOf(channel, options),
      4: options.value === "whole" ? text : split,
      5: unit,
      9: "F",
      11: operator,
      13: time,
    });
  });
  const order: Record<number, string> = { 2: "1", 4: String(n), 5: names.map((name) => `^^^${name}`).join("\\") };
  const { field, component } = options.specimen;
  if (field !== "none") order[field === "O.3" ? 3 : 4] = `${"^".repeat(component - 1)}${specimen}`;
  const person: Record<number, string> = { 2: "1" };
  if (options.patient !== "none") person[Number(options.patient.slice(2))] = patient;
  const header = { 2: "\\^&", 5: senderOf(options), 12: "P", 13: "1", 14: time };
  return [record("H", header), record("P", person), record("O", order), ...results, record("L", { 2: "1", 3: "N" })];
}

/** R.3 with the channel where the options say that this model writes it. */
function testOf(channel: string, { test = [4], reportable = 4 }: Options): string {
  const parts: string[] = [];
  const names = channel.split("^");
  for (const [i, c] of test.entries()) parts[c - 1] = names[i] ?? "";
  parts[reportable - 1] ||= channel;
  return Array.from(parts, (part) => part ?? "").join("^");
}

function senderOf({ sender }: Options): string {
  const parts: string[] = [];
  if (sender.manufacturer !== undefined) parts[sender.manufacturer - 1] = "Vitalwire";
  if (sender.model !== undefined) parts[sender.model - 1] = "Simulated analyzer";
  if (sender.firmware !== undefined) parts[sender.firmware - 1] = "1.0";
  if (sender.serial !== undefined) parts[sender.serial - 1] = "SIM0001";
  return Array.from(parts, (part) => part ?? "").join("^");
}

/** A record from its fields by LIS02's numbers. */
function record(type: string, fields: Readonly<Record<number, string>>): string {
  const last = Math.max(...Object.keys(fields).map(Number));
  const parts = Array.from({ length: last - 1 }, (_, i) => fields[i + 2] ?? "");
  return `${[type, ...parts].join("|")}\r`;
}

export const simulation: Simulation = {
  instrument(given = {}) {
    const parsed = schema.safeParse(given);
    return new Analyzer(parsed.success ? parsed.data : schema.parse({}));
  },
  samples: [
    { specimen: "S004711", HbA1c: "5.9" },
    { specimen: "S004712", HbA1c: "7.4" },
    { specimen: "S004713", HbA1c: "4.8" },
    { specimen: "S004714", HbA1c: "6.1", operator: "3643" },
  ],
  samplesOf: (channels) => typicalResults(channels).map((values, n) => ({ specimen: `S00471${n + 1}`, ...values })),
};
