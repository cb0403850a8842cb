import { number } from "../../src/driver-kit/text.ts";
import { stampOf } from "../../src/hl7/dtm.ts";
import { type Message, parse } from "../../src/hl7/message.ts";
import type { Segment } from "../../src/hl7/segment.ts";
import type { ReportedSubject } from "../../src/model/observation.ts";
import type { DeviceTime } from "../../src/model/times.ts";

/** What the monitor shows at one moment. */
export interface State {
  readonly is: "state";
  /** MSH-10: ten characters of serial number, ten of a counter. */
  readonly controlId: string;
  readonly serial: string;
  /** MSH-7 as written: the monitor's clock. */
  readonly at: string;
  /** The query that it answers, as MSA-2 and as QRD-4 say. */
  readonly query: string;
  readonly echo: string;
  readonly reported?: ReportedSubject;
  /** PV1-18, where it is not an adult. */
  readonly patientType?: "paediatric" | "neonate";
  /** MSH-11 says that this is no real patient. */
  readonly demo: boolean;
  readonly readings: readonly Reading[];
}

/** One number on the monitor's screen. Where it shows none, or a question mark, there is no reading. */
export interface Reading {
  readonly channel: string;
  readonly text: string;
  readonly unit: string;
  /** OBX-14: when it was measured; with the cuff's values only. */
  readonly time?: string;
  readonly flags: readonly string[];
}

export type Reply =
  | State
  /** The monitor has nobody to report on, or does not accept the query. */
  | { readonly is: "none"; readonly query: string; readonly at: string };

/** Numeric codes of the MDIL system that this driver has names for. */
const channels: Readonly<Record<string, string>> = {
  "4bb8": "SpO2",
  "4a05": "NBPs",
  "4a06": "NBPd",
  "4a07": "NBPm",
  "4182": "HR",
  "480a": "Pulse",
  "5000": "Resp",
  "4a15": "ABPs",
  "4a16": "ABPd",
  "4a17": "ABPm",
  "4a1d": "PAPs",
  "4a1e": "PAPd",
  "4a1f": "PAPm",
  "4a47": "CVPm",
  "50b0": "etCO2",
  f0c7: "Temp",
};

const units: Readonly<Record<string, string>> = {
  "0220": "%",
  "0f20": "mmHg",
  "0aa0": "bpm",
  "0ae0": "rpm",
  "1710": "C",
};

const once = ["MSH", "MSA", "QRD", "PID", "PV1", "ORC", "OBR"];
const oximeter = "4bb8";

/**
 * Reads a message of the monitor. Nothing where its form is not the documented one, to the letter: the line has no
 * checksum, so that a segment or field too many or too few is all that damage shows itself by.
 */
export function decode(text: string): Reply | undefined {
  const parsed = parse(text);
  if (!parsed.ok) return undefined;
  const { message } = parsed;
  if (message.preamble !== "" || message.segments.some(({ terminator }) => !/^[\r\n]+$/.test(terminator)))
    return undefined;
  for (const { id } of message.segments)
    if (id !== "OBX" && (!once.includes(id) || message.all(id).length !== 1)) return undefined;

  const at = message.get("MSH-7");
  if (message.get("MSH-12") !== "2.4" || at === undefined || !/^[0-9]{14}$/.test(at)) return undefined;
  switch (message.get("MSH-9")) {
    case "ACK":
      return message.segments.length === 2 && /^A[ER]$/.test(message.get("MSA-1") ?? "")
        ? { is: "none", query: message.get("MSA-2") ?? "", at }
        : undefined;
    case "ORF":
      return state(message, at);
    default:
      return undefined;
  }
}

function state(message: Message, at: string): State | undefined {
  const controlId = message.get("MSH-10") ?? "";
  const query = message.get("MSA-2") ?? "";
  if (!/^[0-9A-Za-z]{20}$/.test(controlId) || message.get("MSH-9.2") !== "R04" || message.get("MSA-1") !== "AA")
    return undefined;
  if (message.get("QRD-9") !== "STA" || message.find("OBR") === undefined) return undefined;

  const readings: Reading[] = [];
  for (const obx of message.all("OBX")) {
    const found = reading(obx);
    if (found === undefined) return undefined;
    if (found === "nothing") continue;
    if (readings.some(({ channel }) => channel === found.channel)) return undefined;
    readings.push(found);
  }
  if (!coherent(readings)) return undefined;

  const patient = message.get("PID-3");
  const operator = message.get("OBR-10");
  const type = message.get("PV1-18");
  return {
    is: "state",
    controlId,
    serial: controlId.slice(0, 10),
    at,
    query,
    echo: message.get("QRD-4") ?? "",
    demo: message.get("MSH-11") !== "P",
    readings,
    ...(type === "P" ? { patientType: "paediatric" } : type === "N" ? { patientType: "neonate" } : {}),
    ...reportedBy(patient === "ID Unknown" ? undefined : patient, operator),
  };
}

function reportedBy(patient: string | undefined, operator: string | undefined): { reported?: ReportedSubject } {
  if (patient === undefined && operator === undefined) return {};
  return {
    reported: { ...(patient === undefined ? {} : { patient }), ...(operator === undefined ? {} : { operator }) },
  };
}

/** Nothing where the segment is not of the documented form; `nothing` where the monitor has no number to show. */
function reading(obx: Segment): Reading | "nothing" | undefined {
  if (obx.get(2) !== "NM") return "nothing";
  // The maker's own example has a star in place of the dash.
  const [, code = ""] = /^0002[-*]([0-9a-f]{4})$/.exec(obx.get(3) ?? "") ?? [];
  const [, unitCode = ""] = /^0004[-*]([0-9a-f]{4})$/.exec(obx.get(6) ?? "") ?? [];
  const status = obx.get(11);
  if (code === "" || obx.get(3, 3) !== "MDIL" || unitCode === "" || obx.get(6, 3) !== "MDIL") return undefined;
  if (status !== "F" && status !== "X") return undefined;
  const text = obx.get(5);
  if (text === undefined || status === "X") return "nothing";
  const time = obx.get(14);
  if (number(text) === undefined || (time !== undefined && !/^[0-9]{14}$/.test(time))) return undefined;

  const [, sourceCode] = /^0002[-*]([0-9a-f]{4})$/.exec(obx.get(17) ?? "") ?? [];
  const source = obx.get(17, 2) ?? obx.get(17);
  const name = channels[code] ?? `0002-${code}`;
  const pulse = name === "Pulse";
  return {
    channel: pulse && time !== undefined ? "Pulse NBP" : pulse && sourceCode === oximeter ? "Pulse SpO2" : name,
    text,
    unit: units[unitCode] ?? `0004-${unitCode}`,
    ...(time === undefined ? {} : { time }),
    flags: source === undefined || pulse ? [] : [source],
  };
}

/** A diastolic below the systolic pressure and a mean between the two, as far as they are there. */
function coherent(readings: readonly Reading[]): boolean {
  const of = (name: string) => {
    const found = readings.find(({ channel }) => channel === name);
    return found === undefined ? undefined : Number(found.text);
  };
  const [systolic, diastolic, mean] = [of("NBPs"), of("NBPd"), of("NBPm")];
  const below = (a: number | undefined, b: number | undefined) => a === undefined || b === undefined || a <= b;
  return below(diastolic, systolic) && below(diastolic, mean) && below(mean, systolic);
}

/** A time as the monitor writes it; its text always, its reading where it is a possible one. */
export function deviceTime(text: string): DeviceTime {
  return stampOf(text) ?? { text };
}
