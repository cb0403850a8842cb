import type { Finding, Span } from "../../src/driver-kit/contract.ts";
import type { Result } from "./replies.ts";

/** The meter shows LO below and HI above these, in mg/dL, and so do we: a limit, not a number. */
const lowest = 20;
const highest = 600;

const meals: Readonly<Record<string, string>> = { B: "before meal", A: "after meal" };

/** What the two digits of the user's comment stand for. */
const comments: Readonly<Record<string, string>> = {
  "01": "not enough food",
  "02": "too much food",
  "03": "mild exercise",
  "04": "hard exercise",
  "05": "medication",
  "06": "stress",
  "07": "illness",
  "08": "feel hypo",
  "09": "menses",
  "10": "vacation",
  "11": "other",
};

/**
 * What makes a stored result this one result: the meter has no record numbers and renumbers its memory, so it is the
 * serial number, the meter's time, the value and the kind.
 */
export function identityOf(result: Result, serial: string): string {
  const kind = result.control ? "control" : "patient";
  return `${serial} ${result.time.text} ${result.digits}${result.parityError ? "?" : ""} ${kind}`;
}

/** A stored result as a finding; `display` is the unit that the meter's own screen shows, where it differs. */
export function findingOf(result: Result, meter: Meter, span: Span): Finding {
  const flags = [
    ...(meals[result.meal] === undefined ? [] : [meals[result.meal] ?? ""]),
    ...(result.comment === "00" ? [] : [comments[result.comment] ?? `comment ${result.comment}`]),
    ...(result.trailer === "00" ? [] : [`code ${result.trailer}`]),
    ...(meter.display === undefined || meter.display === meter.unit ? [] : [`display ${meter.display}`]),
  ];
  return {
    channel: "glucose",
    value: wireValue(result),
    unit: meter.unit,
    kind: result.control ? "control" : "patient",
    deviceTime: result.time,
    ...(flags.length > 0 ? { flags } : {}),
    identity: identityOf(result, meter.serial),
    span,
  };
}

export interface Meter {
  readonly serial: string;
  /** Unit of the download, always `MG/DL`. */
  readonly unit: string;
  readonly display?: string;
}

function wireValue(result: Result): Finding["value"] {
  if (result.parityError) return { kind: "absent", reason: "failed", text: `${result.digits}?` };
  const value = Number(result.digits);
  if (value === 0) return { kind: "absent", reason: "not-measured", text: result.digits };
  if (value < lowest) return { kind: "number", text: String(lowest), bound: "<" };
  if (value > highest) return { kind: "number", text: String(highest), bound: ">" };
  return { kind: "number", text: result.digits };
}
