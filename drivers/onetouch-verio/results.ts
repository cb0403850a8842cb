import type { Span } from "../../src/driver-kit/contract.ts";
import type { Kept } from "../../src/driver-kit/memory-session.ts";
import { wallTimeOfSeconds } from "../../src/driver-kit/wall-clock.ts";
import type { DeviceTime } from "../../src/model/times.ts";
import { unsigned } from "./transport.ts";

/** The meters show LO below and HI above these, in mg/dL, and so do we: a limit, not a number. */
const lowest = 20;
const highest = 600;
const sinceYear = 2000;
const meals: Readonly<Record<number, string>> = { 1: "before meal", 2: "after meal" };

/** A stored result. */
export interface Result {
  /** The lifetime counter: it goes on over an erased memory, and never changes. */
  readonly number: number;
  /** Local time, counted from the beginning of 2000. */
  readonly seconds: number;
  /** mg/dL, whatever the screen shows. */
  readonly stored: number;
  readonly control: number;
  readonly meal: number;
  readonly marks: number;
}

/** Whether an answer's contents have the length of a record. */
export function isRecord(contents: Uint8Array): boolean {
  return contents.length === 16;
}

/** Reads a record: `inverse-index(2) control lifetime(2) time(4) glucose(2) meal 00 flags 0B 00`. */
export function resultOf(contents: Uint8Array): Result {
  const at = (from: number, to: number) => unsigned(contents.subarray(from, to));
  return {
    control: at(2, 3),
    number: at(3, 5),
    seconds: at(5, 9),
    stored: at(9, 11),
    meal: at(11, 12),
    marks: at(13, 14),
  };
}

/** The meter's clock: seconds counted from the beginning of 2000, local time. */
export function clockTime(seconds: number): DeviceTime {
  const local = wallTimeOfSeconds(seconds, sinceYear);
  return { text: String(seconds), ...(local === undefined ? {} : { local }) };
}

/**
 * A stored result as a finding: its identity is the meter's serial number and the lifetime counter, and whether it is a
 * control result.
 */
export function findingOf({ number, seconds, stored, control, meal, marks }: Result, serial: string, span: Span): Kept {
  const flags = [
    ...(control > 1 ? [`control code ${control}`] : []),
    ...(meal === 0 ? [] : [meals[meal] ?? `meal code ${meal}`]),
    ...(marks === 0 ? [] : [`flags ${marks}`]),
  ];
  return {
    channel: "glucose",
    value: wireValue(stored),
    // Only the lowest bit is documented; what else it may be is surely not a patient's plain result.
    kind: control === 0 ? "patient" : "control",
    deviceTime: clockTime(seconds),
    record: String(number),
    ...(flags.length > 0 ? { flags } : {}),
    identity: `${serial} ${number}${control === 0 ? "" : " control"}`,
    span,
  };
}

function wireValue(stored: number): Kept["value"] {
  if (stored === 0) return { kind: "absent", reason: "not-measured", text: "0" };
  if (stored < lowest) return { kind: "number", text: String(lowest), bound: "<" };
  if (stored > highest) return { kind: "number", text: String(highest), bound: ">" };
  return { kind: "number", text: String(stored) };
}
