import type { Finding, Span } from "../../src/driver-kit/contract.ts";
import { wallTimeOfSeconds } from "../../src/driver-kit/wall-clock.ts";
import type { DeviceTime } from "../../src/model/times.ts";

/** The meters show LO below and HI above these, in mg/dL, and so do we: a limit, not a number. */
const lowest = 20;
const highest = 600;

/** A stored result. `seconds` counts local time without a zone from the beginning of `sinceYear`; `stored` is mg/dL. */
export interface Result {
  readonly seconds: number;
  readonly sinceYear: number;
  readonly stored: number;
  /** What stands for LO and HI in place of a number, where the meter has such marks. */
  readonly marks?: { readonly low: number; readonly high: number };
  readonly control: boolean;
  readonly flags: readonly string[];
}

/** The meter's clock: seconds counted from the beginning of a year, local time. */
export function clockTime(seconds: number, sinceYear: number): DeviceTime {
  const local = wallTimeOfSeconds(seconds, sinceYear);
  return { text: String(seconds), ...(local === undefined ? {} : { local }) };
}

/** A stored result as a finding. The meters renumber their memory, so its identity is what it says. */
export function findingOf(result: Result, serial: string, span: Span): Finding & { readonly identity: string } {
  const { seconds, sinceYear, stored, control, flags } = result;
  return {
    channel: "glucose",
    value: wireValue(result),
    kind: control ? "control" : "patient",
    deviceTime: clockTime(seconds, sinceYear),
    ...(flags.length > 0 ? { flags } : {}),
    identity: `${serial} ${seconds} ${stored}${control ? " control" : ""}`,
    span,
  };
}

function wireValue({ stored, marks }: Result): Finding["value"] {
  if (stored === marks?.low) return { kind: "number", text: String(lowest), bound: "<" };
  if (stored === marks?.high) return { kind: "number", text: String(highest), bound: ">" };
  if (stored === 0) return { kind: "absent", reason: "not-measured", text: "0" };
  if (stored < lowest) return { kind: "number", text: String(lowest), bound: "<" };
  if (stored > highest) return { kind: "number", text: String(highest), bound: ">" };
  return { kind: "number", text: String(stored) };
}
