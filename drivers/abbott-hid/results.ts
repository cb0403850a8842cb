import type { Span } from "../../src/driver-kit/contract.ts";
import type { Kept } from "../../src/driver-kit/memory-session.ts";
import { wallTime } from "../../src/driver-kit/wall-clock.ts";
import type { DeviceTime } from "../../src/model/times.ts";

/** Which meters: their records of results differ. */
export type Dialect = "neo" | "insulinx";

/** A Neo shows LO below and HI above these: a limit, not a number. */
const glucose = { lowest: 20, highest: 500 } as const;
const ketoneHighest = "8.0";

interface Form {
  readonly channel: "glucose" | "ketone";
  readonly value: number;
  /** The field that is 0 for control solution, where one is known. */
  readonly control?: number;
  read(stored: string): Kept["value"];
}

/** Records that are results, by their first field. The others are notes of the user and of the clock. */
const forms: Readonly<Record<Dialect, Readonly<Record<string, Form>>>> = {
  neo: {
    7: { channel: "glucose", value: 8, control: 10, read: glucoseValue },
    9: { channel: "ketone", value: 8, control: 9, read: ketoneValue },
  },
  insulinx: { 0: { channel: "glucose", value: 13, read: numberOrText } },
};

/**
 * Reads a record: type, its number, month, day, year without the century, hour, minute, then what the type says. Nothing
 * for one that is no result. A result that cannot be understood is told in its own words.
 */
export function findingOf(record: string, dialect: Dialect, serial: string, span: Span): Kept | undefined {
  const fields = record.split(",");
  const [type = "", number = ""] = fields;
  const form = Object.hasOwn(forms[dialect], type) ? forms[dialect][type] : undefined;
  if (form === undefined) return undefined;
  const stored = fields[form.value];
  const mark = form.control === undefined ? "1" : fields[form.control];
  const sound = stored !== undefined && mark !== undefined && /^[0-9]+$/.test(mark) && /^[0-9]+$/.test(number);
  const control = sound && Number(mark) === 0;
  return {
    channel: sound ? form.channel : "other",
    value: sound ? form.read(stored) : { kind: "text", text: record },
    kind: control ? "control" : "patient",
    deviceTime: deviceTime(fields.slice(2, 5), fields.slice(5, 7)),
    ...(sound ? { record: number } : {}),
    ...(sound && form.channel === "ketone" ? { flags: [`stored ${stored}`] } : {}),
    identity: `${serial} ${fields.slice(0, 7).join(",")} ${stored ?? ""}${control ? " control" : ""}`,
    span,
  };
}

/** Month, day, year without the century; hour, minute; all of them 255 where the clock was lost. */
export function deviceTime(date: readonly string[], time: readonly string[]): DeviceTime {
  const [month = -1, day = -1, year = -1] = date.map(whole);
  const [hour = -1, minute = -1] = time.map(whole);
  const local = year > 99 ? undefined : wallTime(2000 + year, month, day, hour, minute);
  return { text: [...date, ...time].join(","), ...(local === undefined ? {} : { local }) };
}

const whole = (text: string): number => (/^[0-9]{1,3}$/.test(text) ? Number(text) : -1);

function numberOrText(stored: string): Kept["value"] {
  if (!/^[0-9]{1,3}$/.test(stored)) return { kind: "text", text: stored };
  if (Number(stored) === 0) return { kind: "absent", reason: "not-measured", text: stored };
  return { kind: "number", text: stored };
}

function glucoseValue(stored: string): Kept["value"] {
  const read = numberOrText(stored);
  if (stored === "LO" || (read.kind === "number" && Number(stored) < glucose.lowest))
    return { kind: "number", text: String(glucose.lowest), bound: "<" };
  if (stored === "HI" || (read.kind === "number" && Number(stored) > glucose.highest))
    return { kind: "number", text: String(glucose.highest), bound: ">" };
  return read;
}

/**
 * Ketone is stored as eighteenths of a mmol/L, cut to a whole number; the screen shows tenths. The nearest tenth gives
 * the screen's number back, for a cut takes off at most 0.8 of an eighteenth of what stands for a tenth.
 */
function ketoneValue(stored: string): Kept["value"] {
  if (stored === "LO") return { kind: "absent", reason: "out-of-range", text: stored };
  if (stored !== "HI" && !/^[0-9]{1,3}$/.test(stored)) return { kind: "text", text: stored };
  const tenths = Math.floor((Number(stored) * 10 + 9) / 18);
  if (stored === "HI" || tenths > 80) return { kind: "number", text: ketoneHighest, bound: ">" };
  return { kind: "number", text: `${Math.floor(tenths / 10)}.${tenths % 10}` };
}
