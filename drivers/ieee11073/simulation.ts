import type { Instrument, InstrumentAction, InstrumentEvent, Simulation } from "../../src/driver-kit/instrument.ts";
import { mappedSamples } from "../../src/driver-kit/mapped-samples.ts";
import { apdu, data, prefixed } from "./apdu.ts";
import {
  attribute,
  event,
  measured,
  objectClass,
  type Specialization,
  scada,
  specializations,
} from "./nomenclature.ts";
import { bigEndian } from "./reader.ts";

/** How long an agent waits for an answer before it breaks off and begins anew. */
const patienceMs = 10_000;
const configurationId = 0x4000;
/** The unit in which each value is measured, where its kind may have several: mmHg, kg, cm, mg/dL. */
const shownUnits: readonly number[] = [3872, 2720, 544, 1731, 1297, 1952, 2130];
const systemId = [0x00, 0x22, 0x09, 0x22, 0x58, 0x08, 0x03, 0xcc];

interface Measurement {
  readonly n: number;
  readonly at: string;
  readonly values: Readonly<Record<string, string>>;
}

/**
 * An agent with an extended configuration: an object for each value that its kind of device measures, each a FLOAT with a
 * time. It keeps a measurement until its report is answered, and begins anew where no answer comes.
 */
class Agent implements Instrument {
  readonly #objects: readonly { readonly name: string; readonly type: number; readonly unit: number }[];
  readonly #waiting: Measurement[] = [];
  #pending: number[] = [];
  #count = 0;
  #invoke = 0x1000;
  #now = "2026-11-23T14:00:00";
  #step: "associating" | "configuring" | "idle" | "reporting" = "associating";

  constructor(specialization: Specialization) {
    this.#objects = Object.entries(measured[specialization]).map(([type, { name, units }]) => ({
      name,
      type: Number(type),
      unit:
        Object.keys(units)
          .map(Number)
          .find((code) => shownUnits.includes(code)) ?? 0,
    }));
  }

  handle(given: InstrumentEvent): readonly InstrumentAction[] {
    switch (given.on) {
      case "open":
        return this.#associate();
      case "wake":
        return [{ do: "write", bytes: apdu(0xe600, [0, 0]) }, ...this.#associate()];
      case "measure":
        this.#now = given.at;
        this.#waiting.push({ n: ++this.#count, at: given.at, values: given.values });
        return this.#step === "idle" ? this.#next() : [];
      case "data":
        this.#pending.push(...given.bytes);
        return this.#hear();
      default:
        return given satisfies never;
    }
  }

  #hear(): readonly InstrumentAction[] {
    const actions: InstrumentAction[] = [];
    for (;;) {
      const [type = 0, , high = 0, low = 0] = this.#pending;
      const length = 4 + high * 256 + low;
      if (this.#pending.length < 4 || this.#pending.length < length) return actions;
      const whole = this.#pending.splice(0, length);
      actions.push(...(type === 0xe3 ? this.#associated() : type === 0xe7 ? this.#presented(whole) : []));
    }
  }

  #associate(): readonly InstrumentAction[] {
    this.#pending = [];
    this.#step = "associating";
    const version = [0x80, 0, 0, 0];
    const about = [...version, 0x80, 0, ...version, 0, 0, 0, 0, 0, 0x80, 0, 0, ...prefixed(systemId)];
    const rest = [...bigEndian(configurationId, 2), 0, 1, 1, 0, 0, 0, 0, 0];
    const offer = [...bigEndian(20601, 2), ...prefixed([...about, ...rest])];
    return this.#say(apdu(0xe200, [...version, 0, 1, ...prefixed(offer)]));
  }

  #associated(): readonly InstrumentAction[] {
    if (this.#step !== "associating") return [];
    this.#step = "configuring";
    const objects = this.#objects.map(({ type, unit }, i) => {
      const map = list(2, [...attributeLength(attribute.simpleValue, 4), ...attributeLength(attribute.timeStamp, 8)]);
      const attributes = [
        ...withValue(attribute.type, [...bigEndian(scada, 2), ...bigEndian(type, 2)]),
        ...withValue(attribute.unit, bigEndian(unit, 2)),
        ...withValue(attribute.valueMap, map),
      ];
      return [...bigEndian(objectClass.numeric, 2), ...bigEndian(i + 1, 2), ...list(3, attributes)];
    });
    return this.#report(event.configuration, [
      ...bigEndian(configurationId, 2),
      ...list(objects.length, objects.flat()),
    ]);
  }

  #presented([, , , , , , high = 0, low = 0, , choice = 0]: readonly number[]): readonly InstrumentAction[] {
    if (choice === 0x03) return this.#introduce(high * 256 + low);
    if (choice !== 0x01 || high * 256 + low !== this.#invoke) return [];
    if (this.#step === "configuring") return this.#next();
    if (this.#step !== "reporting") return [];
    const first = this.#waiting.shift();
    return [...(first === undefined ? [] : [{ do: "safe", n: first.n } as const]), ...this.#next()];
  }

  #introduce(invoke: number): readonly InstrumentAction[] {
    const text = (words: string) => prefixed(Array.from(words, (letter) => letter.charCodeAt(0)));
    const attributes = [
      ...withValue(attribute.model, [...text("Vitalwire"), ...text("Simulated")]),
      ...withValue(attribute.productionSpecification, list(1, [0, 1, 0, 0, ...text("SIM1")])),
      ...withValue(attribute.clock, time(this.#now)),
    ];
    return [{ do: "write", bytes: data(invoke, 0x0203, [0, 0, ...list(3, attributes)]) }];
  }

  #next(): readonly InstrumentAction[] {
    const [first] = this.#waiting;
    this.#step = first === undefined ? "idle" : "reporting";
    if (first === undefined) return [{ do: "wake", afterMs: 0 }];
    const entries = this.#objects.flatMap(({ name }, i) => {
      const text = first.values[name];
      return text === undefined ? [] : [[...bigEndian(i + 1, 2), ...prefixed([...float(text), ...time(first.at)])]];
    });
    return this.#report(event.fixed, [0xf0, 0, 0, 0, ...list(entries.length, entries.flat())]);
  }

  #report(type: number, body: readonly number[]): readonly InstrumentAction[] {
    this.#invoke = (this.#invoke + 1) % 0x10000;
    const about = [0, 0, 0xff, 0xff, 0xff, 0xff, ...bigEndian(type, 2)];
    return this.#say(data(this.#invoke, 0x0101, [...about, ...prefixed(body)]));
  }

  #say(bytes: Uint8Array): readonly InstrumentAction[] {
    return [
      { do: "write", bytes },
      { do: "wake", afterMs: patienceMs },
    ];
  }
}

function withValue(id: number, value: readonly number[]): readonly number[] {
  return [...bigEndian(id, 2), ...prefixed(value)];
}

function attributeLength(id: number, length: number): readonly number[] {
  return [...bigEndian(id, 2), ...bigEndian(length, 2)];
}

function list(count: number, entries: readonly number[]): readonly number[] {
  return [...bigEndian(count, 2), ...prefixed(entries)];
}

function float(text: string): readonly number[] {
  const [whole = "", decimals = ""] = text.split(".");
  const [, ...mantissa] = bigEndian(Number(whole + decimals), 4);
  return [(0x100 - decimals.length) % 0x100, ...mantissa];
}

/** `2026-11-23T14:00:00` as two digits a byte, and no hundredths. */
function time(local: string): readonly number[] {
  const digits = `${local.replace(/\D/g, "")}00`;
  return Array.from({ length: 8 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

const bloodPressures: Simulation["samples"] = [
  {
    MDC_PRESS_BLD_NONINV_SYS: "118",
    MDC_PRESS_BLD_NONINV_DIA: "76",
    MDC_PRESS_BLD_NONINV_MEAN: "90",
    MDC_PULS_RATE_NON_INV: "64",
  },
  { MDC_PRESS_BLD_NONINV_SYS: "131", MDC_PRESS_BLD_NONINV_DIA: "84", MDC_PULS_RATE_NON_INV: "77" },
  { MDC_PRESS_BLD_NONINV_SYS: "109", MDC_PRESS_BLD_NONINV_DIA: "68", MDC_PULS_RATE_NON_INV: "58" },
];

const others: Simulation["samples"] = [
  { MDC_PULS_OXIM_SAT_O2: "98", MDC_PULS_OXIM_PULS_RATE: "72" },
  { MDC_PULS_OXIM_SAT_O2: "91", MDC_PULS_OXIM_PULS_RATE: "104" },
  { MDC_MASS_BODY_ACTUAL: "81.3", MDC_LEN_BODY_ACTUAL: "178.0", MDC_RATIO_MASS_BODY_LEN_SQ: "25.7" },
  { MDC_MASS_BODY_ACTUAL: "64.0" },
  { MDC_CONC_GLU_CAPILLARY_WHOLEBLOOD: "98" },
  { MDC_CONC_GLU_CAPILLARY_WHOLEBLOOD: "142" },
];

export const simulation: Simulation = {
  instrument: (options = {}) =>
    new Agent(specializations.find((one) => one === options["specialization"]) ?? "blood-pressure"),
  samples: bloodPressures,
  samplesOf: (channels) => mappedSamples([...bloodPressures, ...others], channels),
};
