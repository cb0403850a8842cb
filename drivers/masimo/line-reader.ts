import type { Sample } from "../../src/driver-kit/spot-check.ts";
import { wallTime } from "../../src/driver-kit/wall-clock.ts";
import type { DeviceTime } from "../../src/model/times.ts";
import { judge } from "./exceptions.ts";

/** What one line says. */
export interface Line {
  readonly time: DeviceTime;
  readonly sample: Sample;
  readonly saturation: string;
  readonly pulse: string;
  /** Perfusion index; absent where the line has none, or zero. */
  readonly perfusion?: { readonly text: string; readonly unit?: string };
  readonly serial?: string;
  readonly flags: readonly string[];
}

/** The keys of both formats that are read, each with the whole form of its value. Keys that are not here are passed over. */
const forms = {
  ascii1: {
    SN: /^([0-9]{10}|-{10})$/,
    SPO2: /^([0-9]{3}|---)%$/,
    BPM: /^([0-9]{3}|---)$/,
    PI: /^([0-9]{2}\.[0-9]{2}|--\.--)%?$/,
    ALARM: /^([0-9A-Fa-f]{3,8})$/,
    EXC: /^([0-9A-Fa-f]{3,8})$/,
  },
  trend: {
    SpO2: /^([0-9]{3}|---)$/,
    PR: /^([0-9]{3}|---)$/,
    PI: /^([0-9]{2}\.[0-9]{2}|--\.--)$/,
    EXC: /^([0-9A-Fa-f]{3,8})(?::[A-Za-z,]+)?$/,
  },
} as const;

export type Format = keyof typeof forms;

/**
 * Reads a line of ASCII 1 (`MM/dd/yy HH:mm:ss SN=… SPO2=097% BPM=080 …`) or of the trend, ASCII 2 (`… SpO2=097 PR=069
 * PI=04.69 EXC=800:SET`). Keys vary with model and firmware, but saturation, pulse and exceptions must be there, no
 * known key may come twice, and a known key's value must have its full width: a lost digit is no other value.
 */
export function readLine(line: string, format: Format): Line | undefined {
  const stamp = /^([0-9]{2})\/([0-9]{2})\/([0-9]{2}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) /.exec(line);
  if (stamp === null) return undefined;
  const values = fields(line.slice(stamp[0].length), forms[format]);
  const saturation = values?.get(format === "ascii1" ? "SPO2" : "SpO2");
  const pulse = values?.get(format === "ascii1" ? "BPM" : "PR");
  const exceptions = values?.get("EXC");
  if (values === undefined || saturation === undefined || pulse === undefined || exceptions === undefined)
    return undefined;

  const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] = stamp.slice(1).map(Number);
  const local = wallTime(2000 + year, month, day, hour, minute, second);
  const text = stamp[0].trimEnd();
  const alarm = values.get("ALARM")?.digits;
  const { standing, flags } = judge(Number.parseInt(exceptions.digits, 16));
  const perfusion = values.get("PI");
  const serial = values.get("SN")?.digits;
  const said = [
    ...flags,
    ...(flags.length === 0 ? [] : [`EXC=${exceptions.digits}`]),
    ...(alarm === undefined || /^0+$/.test(alarm) ? [] : [`ALARM=${alarm}`]),
  ];
  return {
    time: local === undefined ? { text } : { text, local },
    sample: sampleOf(saturation.digits, pulse.digits, standing, said),
    saturation: saturation.digits,
    pulse: pulse.digits,
    ...(perfusion === undefined || !present(perfusion.digits)
      ? {}
      : { perfusion: { text: perfusion.digits, ...(perfusion.whole.endsWith("%") ? { unit: "%" } : {}) } }),
    ...(serial === undefined || !present(serial) ? {} : { serial }),
    flags: said,
  };
}

interface Field {
  readonly whole: string;
  readonly digits: string;
}

/** Known keys and their values; nothing where one is malformed or comes twice. */
function fields(text: string, known: Readonly<Record<string, RegExp>>): ReadonlyMap<string, Field> | undefined {
  const found = new Map<string, Field>();
  for (const token of text.trimEnd().split(" ")) {
    const [key = "", whole] = token.split("=");
    const form = Object.hasOwn(known, key) ? known[key] : undefined;
    if (form === undefined) continue;
    const digits = form.exec(whole ?? "")?.[1];
    if (digits === undefined || found.has(key) || token.split("=").length !== 2) return undefined;
    found.set(key, { whole: whole ?? "", digits });
  }
  return found;
}

/** Dashes are no value, and so are zeros: the trend writes them also with no fault bit set. */
function present(digits: string): boolean {
  return /[1-9]/.test(digits) && !digits.includes("-");
}

function sampleOf(
  saturation: string,
  pulse: string,
  standing: "good" | "doubtful" | "off",
  flags: readonly string[],
): Sample {
  if (standing === "off" || !present(saturation) || !present(pulse)) return { is: "off" };
  if (standing === "doubtful" || Number(saturation) > 100) return { is: "doubtful" };
  return {
    is: "good",
    saturation: Number(saturation),
    pulse: Number(pulse),
    key: [saturation, pulse, ...flags].join(" "),
  };
}
