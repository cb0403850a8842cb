import type { Span } from "../../src/driver-kit/contract.ts";
import type { Kept } from "../../src/driver-kit/memory-session.ts";
import { number } from "../../src/driver-kit/text.ts";
import { wallTime } from "../../src/driver-kit/wall-clock.ts";
import type { DeviceIdentity } from "../../src/model/device.ts";
import type { DeviceTime } from "../../src/model/times.ts";

/** What the header record says of the meter; nothing where it names none. */
export function meterOf(header: string): (DeviceIdentity & { readonly serial: string }) | undefined {
  const fields = header.split("|");
  if (fields[0] !== "H" || fields[1] !== "\\^&") return undefined;
  const [model = "", firmware = "", serial = ""] = (fields[4] ?? "").split("^");
  if (model === "" || serial === "") return undefined;
  // Some models write a P record into the header, so that the clock is not always in the same field.
  const clock = timeOf(fields.at(-1) ?? "");
  return {
    manufacturer: "Ascensia",
    model,
    serial,
    ...(firmware === "" ? {} : { firmware }),
    ...(clock === undefined ? {} : { clock }),
  };
}

/** What a result record holds: a reading, or what its user noted, or nothing that is known as a result. */
export type Result =
  | { readonly is: "reading"; readonly finding: Kept }
  | { readonly is: "note" }
  | { readonly is: "malformed" };

/** Tests that are no measurements: the user types them in. */
const notes: readonly string[] = ["^^^Insulin", "^^^Carb"];

/** Reads `R|n|^^^Glucose|value|unit^reference||marks||time`. Its number is left out of its name: it changes. */
export function resultOf(record: string, serial: string, span: Span): Result {
  const [, , test = "", value = "", measure = "", , marked = "", , time = ""] = record.split("|");
  if (notes.includes(test)) return { is: "note" };
  // Without a date the reading is held.
  const deviceTime = timeOf(time) ?? { text: time };
  const [unit = "", reference = ""] = measure.split("^");
  if (test === "" || unit === "" || time === "") return { is: "malformed" };
  const isGlucose = test === "^^^Glucose";
  const marks = marked.split("/").filter((mark) => mark !== "");
  const isControl = marks.includes("C");
  // The other marks are its user's, who can set them at any time.
  const lasting = [...marks.filter((mark) => mark === "<" || mark === ">"), ...(isControl ? ["control"] : [])];
  const flags = [
    ...marks.filter((mark) => mark !== "<" && mark !== ">" && mark !== "C"),
    // Plasma is what all of these meters are set to; anything else must be seen.
    ...(reference === "P" || reference === "" ? [] : [`reference ${reference}`]),
    ...(isGlucose ? [] : [test]),
  ];
  const finding: Kept = {
    channel: isGlucose ? "glucose" : "other",
    value: wireValue(value, marks),
    unit,
    kind: isControl ? "control" : "patient",
    deviceTime,
    ...(flags.length > 0 ? { flags } : {}),
    identity: [serial, time, test, value, measure, ...lasting].join(" "),
    span,
  };
  return { is: "reading", finding };
}

/** With `<` and `>` the number is the limit. */
function wireValue(text: string, marks: readonly string[]): Kept["value"] {
  const low = marks.includes("<");
  const high = marks.includes(">");
  const digits = number(text);
  if (digits === undefined && (low || high)) return { kind: "absent", reason: "out-of-range", text };
  // Below and above at once: nobody can say what was measured.
  if (digits === undefined || (low && high)) return { kind: "text", text };
  if (digits.value === 0) return { kind: "absent", reason: "not-measured", text };
  return { kind: "number", text, ...(low ? { bound: "<" as const } : high ? { bound: ">" as const } : {}) };
}

/** `YYYYMMDDhhmm`, of some models with seconds. Always its text; the date where it is possible. */
function timeOf(text: string): DeviceTime | undefined {
  const [, ...parts] = /^([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})?$/.exec(text) ?? [];
  if (parts.length === 0) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second] = parts.map((part) =>
    part === undefined ? undefined : Number(part),
  );
  const local = wallTime(year, month, day, hour, minute, second);
  return { text, ...(local === undefined ? {} : { local }) };
}
