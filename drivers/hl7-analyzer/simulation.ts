import type { Instrument, InstrumentAction, InstrumentEvent, Simulation } from "../../src/driver-kit/instrument.ts";
import { numberAndUnit, typicalResults } from "../../src/driver-kit/typical-results.ts";
import { readAck } from "../../src/hl7/ack.ts";
import { build, segment } from "../../src/hl7/build.ts";
import { decodeText, encodeText } from "../../src/hl7/charset.ts";
import { MllpFramer, mllpBlock } from "../../src/hl7/mllp.ts";
import { type Options, options as schema } from "./options.ts";

/** Units of what it measures where no unit is given with the number; other channels are sent without one. */
const units: Readonly<Record<string, string>> = { Glu: "mmol/L", WBC: "10*3/uL", HGB: "g/dL", PLT: "10*3/uL" };
/** How long it waits for an acknowledgement before it sends the same message again. */
const AGAIN_MS = 10_000;

interface Sending {
  readonly n: number;
  readonly block: Uint8Array;
}

/** An analyzer that sends one OUL^R22 a measurement, and keeps it until it is acknowledged with AA. */
class Analyzer implements Instrument {
  readonly #options: Options;
  readonly #waiting: Sending[] = [];
  #framer = new MllpFramer(65_536);
  #count = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  handle(event: InstrumentEvent): readonly InstrumentAction[] {
    switch (event.on) {
      case "open":
        this.#framer = new MllpFramer(65_536);
        return this.#send();
      case "wake":
        return this.#send();
      case "measure": {
        const n = ++this.#count;
        this.#waiting.push({ n, block: mllpBlock(encodeText(message(event.values, event.at, n, this.#options))) });
        return this.#waiting.length === 1 ? this.#send() : [];
      }
      case "data":
        return this.#hear(event.bytes);
      default:
        return event satisfies never;
    }
  }

  #send(): readonly InstrumentAction[] {
    const [first] = this.#waiting;
    if (first === undefined) return [{ do: "wake", afterMs: 0 }];
    return [
      { do: "write", bytes: first.block },
      { do: "wake", afterMs: AGAIN_MS },
    ];
  }

  #hear(bytes: Uint8Array): readonly InstrumentAction[] {
    const actions: InstrumentAction[] = [];
    for (const piece of this.#framer.push(bytes)) {
      const ack = piece.kind === "block" ? readAck(decodeText(piece.bytes).text) : undefined;
      const [first] = this.#waiting;
      // After a refusal it waits for its alarm.
      if (first === undefined || ack?.code !== "AA" || ack.controlId !== String(first.n)) continue;
      this.#waiting.shift();
      actions.push({ do: "safe", n: first.n }, ...this.#send());
    }
    return actions;
  }
}

/** `patient`, `specimen` and `operator` go where the options say that this model writes them; all else is a channel. */
function message(values: Readonly<Record<string, string>>, at: string, n: number, options: Options): string {
  const { patient, specimen, operator, ...channels } = values;
  const [place = "SPM-2"] = options.specimen;
  const person = { ...(patient !== undefined && { 3: patient }), ...inSegment("PID", place, specimen) };
  const time = at.replace(/\D/g, "").slice(0, 14);
  return build([
    segment("MSH", {
      3: "Simulated analyzer",
      4: "Vitalwire",
      7: time,
      9: ["OUL", "R22", "OUL_R22"],
      10: String(n),
      11: "P",
      12: "2.5.1",
      15: "NE",
      16: "AL",
      21: ["LAB-29", "IHE"],
    }),
    ...(Object.keys(person).length === 0 ? [] : [segment("PID", person)]),
    segment("SPM", { 1: "1", ...inSegment("SPM", place, specimen), 11: "P" }),
    ...Object.entries(channels).flatMap(([channel, value], i) => {
      const { text, unit = units[channel] } = numberAndUnit(value);
      return [
        segment("OBR", { 1: String(i + 1), ...inSegment("OBR", place, specimen), 4: channel }),
        segment("OBX", {
          1: "1",
          2: "NM",
          3: channel,
          5: text,
          6: unit,
          11: "F",
          16: operator,
          19: time,
          29: "RSLT",
        }),
      ];
    }),
  ]);
}

/** The specimen's field, where its place is in this segment. */
function inSegment(name: string, place: string, specimen: string | undefined): Readonly<Record<number, string>> {
  const [of, field] = place.split("-");
  return of === name && specimen !== undefined ? { [Number(field)]: specimen } : {};
}

export const simulation: Simulation = {
  instrument(given = {}) {
    const parsed = schema.safeParse(given);
    return new Analyzer(parsed.success ? parsed.data : schema.parse({}));
  },
  samples: [
    { specimen: "S004711", Glu: "5.8" },
    { specimen: "S004712", Glu: "7.1", operator: "3643" },
    { specimen: "S004713", patient: "P0003", Glu: "4.9" },
  ],
  samplesOf: (channels) => typicalResults(channels).map((values, n) => ({ specimen: `S00471${n + 1}`, ...values })),
};
