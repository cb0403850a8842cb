/** The four read commands that this driver knows. The protocol's others inflate or stop the cuff, and are not here. */
export const commands = ["NA", "TC", "OA", "RA"] as const;

export interface Nibp {
  readonly command: "NA";
  /** One digit; see `nibpStatus`. */
  readonly status: string;
  readonly neonate: boolean;
  readonly stat: boolean;
  /** Seconds since the determination; absent where the monitor has no recent one. */
  readonly age?: number;
  /** Three digits each, mmHg; `000` is no value. */
  readonly systolic: string;
  readonly diastolic: string;
  readonly mean: string;
}

export interface Temperature {
  readonly command: "TC";
  readonly status: "idle" | "in-progress" | "timeout" | "contact-lost" | "unplugged";
  readonly mode: "predictive" | "monitor";
  /** Another character for each determination. */
  readonly counter: string;
  readonly age?: number;
  /** Degrees Fahrenheit with the decimal point put in; absent where the wire says zero. */
  readonly degrees?: string;
}

export interface Oximetry {
  readonly command: "OA";
  /** `1` is OK. */
  readonly status: string;
  /** Percent; absent where the oximeter has none. */
  readonly saturation?: string;
  readonly signal: string;
}

export interface Rate {
  readonly command: "RA";
  readonly source: "oximeter" | "nibp";
  /** Beats a minute; absent where there is none. */
  readonly rate?: string;
}

export type Reply = Nibp | Temperature | Oximetry | Rate;

/** What the NIBP status digits mean; those that are not here are undocumented. */
export const nibpStatus: Readonly<Record<string, string>> = {
  "0": "measuring",
  "1": "done",
  "3": "failed",
  "4": "pump-up timeout",
  "6": "total timeout",
  "7": "one-pressure timeout",
  "8": "overpressure or excess air",
  "9": "unknown",
};

const temperatureStatus = ["idle", "in-progress", "timeout", "contact-lost", "unplugged"] as const;

/** Reads a reply without unit id, checksum and CR. Answers nothing where a field breaks the documented form. */
export function decode(text: string): Reply | undefined {
  const data = text.slice(2);
  switch (text.slice(0, 2)) {
    case "NA":
      return nibp(data);
    case "TC":
      return temperature(data);
    case "OA":
      return oximetry(data);
    case "RA":
      return rate(data);
    default:
      return undefined;
  }
}

function nibp(data: string): Nibp | undefined {
  const [, status = "", patient, mode, seconds = "", systolic = "", diastolic = "", mean = ""] =
    /^([01346789])([012])([01])([0-9]{4})([0-9]{3})([0-9]{3})([0-9]{3})$/.exec(data) ?? [];
  const age = Number(seconds);
  if (status === "" || (age > 5400 && age !== 9999)) return undefined;
  return {
    command: "NA",
    status,
    neonate: patient === "2",
    stat: mode === "1",
    ...(age === 9999 ? {} : { age }),
    systolic,
    diastolic,
    mean,
  };
}

function temperature(data: string): Temperature | undefined {
  const [, state, mode, counter = "", seconds, tenths = ""] =
    /^([0-4])([01])([\x20-\x7e])([0-9]{5})([0-9]{4})[01]$/.exec(data) ?? [];
  const status = temperatureStatus[Number(state)];
  if (status === undefined) return undefined;
  return {
    command: "TC",
    status,
    mode: mode === "0" ? "predictive" : "monitor",
    counter,
    ...(seconds === "99999" ? {} : { age: Number(seconds) }),
    ...(tenths === "0000" ? {} : { degrees: `${tenths.slice(0, 3)}.${tenths.slice(3)}` }),
  };
}

function oximetry(data: string): Oximetry | undefined {
  const [, status = "", percent = "", signal = ""] = /^([0136])([0-9]{3})([0-9])[0-9]{2}$/.exec(data) ?? [];
  if (status === "") return undefined;
  const there = Number(percent) > 0 && Number(percent) <= 100;
  return { command: "OA", status, signal, ...(there ? { saturation: percent } : {}) };
}

function rate(data: string): Rate | undefined {
  const [, source, beats = ""] = /^([23])([0-9]{3}|-99)$/.exec(data) ?? [];
  if (source === undefined) return undefined;
  const there = beats !== "000" && beats !== "-99";
  return { command: "RA", source: source === "2" ? "oximeter" : "nibp", ...(there ? { rate: beats } : {}) };
}
