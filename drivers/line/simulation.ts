import type { Instrument, InstrumentAction, Simulation } from "../../src/driver-kit/instrument.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";
import { driver, type Options, terminators } from "./driver.ts";
import { compiled, type Template } from "./template.ts";
import { channelsOf, type Values, write } from "./write.ts";

/**
 * A scale that writes the lines that its profile describes: moving, settled several times, empty. One that is asked
 * says them when it is asked. Without a profile it is an A&D scale in standard format.
 */
export const simulation: Simulation = {
  instrument,
  samples: [{ weight: "72.5" }, { weight: "104.3" }],
  samplesOf(channels) {
    const [name, weight] = Object.entries(channels).find(([, { loinc }]) => loinc === bodyWeight) ?? [];
    if (name === undefined || weight === undefined) return [];
    const units = [weight.unit, ...Object.values(weight.units ?? {})];
    if (units.includes("g") && !units.includes("kg")) return [{ [name]: "3450" }, { [name]: "8200" }];
    const places = weight.decimals?.["kg"]?.[0] ?? 1;
    return [{ [name]: (72.5).toFixed(places) }, { [name]: (104.3).toFixed(places) }];
  },
};

/** LOINC. */
const bodyWeight = "29463-7";

const standardReading = "ST,{weight:number(10)} {unit:word(3)}";
const standardFormat = { readings: [standardReading], units: ["kg"] };

/** What is weighed: channel -> digits, and `unit`. */
type Said = Readonly<Record<string, string>>;

const usuallyBetweenMs = 400;

function instrument(given: Readonly<Record<string, unknown>> = standardFormat): Instrument {
  const options = driver.options.parse(given);
  const { poll, terminator, silenceMs } = options;
  const end = terminator === "silence" ? "" : terminators[terminator];
  const betweenMs = terminator === "silence" ? silenceMs + 100 : Math.min(usuallyBetweenMs, silenceMs / 2);
  let waiting: readonly string[] = [];
  let heard = "";

  function next(): readonly InstrumentAction[] {
    const [line, ...rest] = waiting;
    if (line === undefined) return [];
    // Whoever asks an empty scale is answered too.
    waiting = poll !== undefined && rest.length === 0 ? [line] : rest;
    const bytes = bytesOf(`${line}${end}`);
    if (poll !== undefined) return [{ do: "write", bytes }];
    return [
      { do: "write", bytes },
      { do: "wake", afterMs: rest.length > 0 ? betweenMs : 0 },
    ];
  }

  /** An answer for each command that is whole by now. */
  function asked(bytes: Uint8Array): readonly InstrumentAction[] {
    if (poll === undefined) return [];
    const pieces = `${heard}${latin1(bytes)}`.split(poll.command);
    heard = (pieces.at(-1) ?? "").slice(-poll.command.length);
    return pieces.slice(1).flatMap(next);
  }

  return {
    handle(event) {
      switch (event.on) {
        case "measure":
          waiting = weighing(options, event.values);
          return poll === undefined ? next() : [];
        case "wake":
          return next();
        case "data":
          return asked(event.bytes);
        case "open":
          return [];
        default:
          return event satisfies never;
      }
    },
  };
}

/** The lines of one weighing. A printout comes once, and so does a line that is a reading each time. */
function weighing(options: Options, said: Said): readonly string[] {
  const { settle, zero, repeats, terminator } = options;
  const { moving, settled, empty } =
    options.readings[0] === standardReading ? standard(said) : described(options, said);
  const once = terminator === "silence" || repeats === "all";
  const leaves = zero === "no-load" && terminator !== "silence";
  return [...moving, ...Array<string>(once ? settle : Math.max(3, settle)).fill(settled), ...(leaves ? [empty] : [])];
}

interface Lines {
  /** None where the scale says nothing then. */
  readonly moving: readonly string[];
  readonly settled: string;
  readonly empty: string;
}

/** A&D's standard format: a sign, and zeros in front, which a template leaves open. */
function standard({ weight = "0.0", unit = "kg" }: Said): Lines {
  const line = (header: string, digits: string) => `${header},+${digits.padStart(9, "0")} ${unit.padStart(3)}`;
  return { moving: [line("US", weight)], settled: line("ST", weight), empty: line("ST", "0.0") };
}

/** As the profile's templates have it. A number that is not said is that of `weight`. */
function described({ readings, unsettled, units }: Options, said: Said): Lines {
  const reading = fitting(readings.map(compiled), said);
  const numbers = channelsOf(reading);
  const values: Values = (name) => said[name] ?? (numbers.includes(name) ? said["weight"] : undefined);
  const zeros: Values = (name) => (numbers.includes(name) ? "0.0" : said[name]);
  return {
    moving: unsettled.slice(0, 1).map((source) => write(compiled(source), values, units)),
    settled: write(reading, values, units),
    empty: write(reading, zeros, units),
  };
}

/** The template with the most numbers of those all of whose numbers are said; or else the first. */
function fitting(readings: readonly Template[], said: Said): Template {
  const whole = readings.filter((template) => channelsOf(template).every((channel) => channel in said));
  const [best] = whole.sort((a, b) => channelsOf(b).length - channelsOf(a).length);
  return best ?? readings[0] ?? [];
}
