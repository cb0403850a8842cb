import type { Finding, Span } from "../../src/driver-kit/contract.ts";
import type { Kept } from "../../src/driver-kit/memory-session.ts";
import { wallTime } from "../../src/driver-kit/wall-clock.ts";
import type { DeviceTime } from "../../src/model/times.ts";

/** Words for the marks of a result. */
const marks: Readonly<Record<string, string>> = {
  "01": "check",
  "02": "before meal",
  "04": "after meal",
  "08": "exercise",
};

/** Type, value, unit, mark, date, time: `Glu,5.8,mmol/L,02,210314,0807`. Numbers have the decimals of their unit. */
const form =
  /^([A-Za-z]{2,8}),(?:([0-9]{1,2}\.[0-9]),(mmol\/L)|([0-9]{1,3}),(mg\/dL)|([A-Za-z]{2,4}),([A-Za-z/]{4,6})),([0-9]{2}),([0-9]{6}),([0-9]{4})$/;

/** Reads a line as a finding; nothing where it is none of a result. */
export function findingOf(text: string, serial: string, span: Span): Kept | undefined {
  const found = form.exec(text);
  if (found === null) return undefined;
  const [, channel = "", millimoles, molar, milligrams, mass, word, wordUnit, mark = "", date = "", time = ""] = found;
  const digits = millimoles ?? milligrams;
  const unit = molar ?? mass ?? wordUnit ?? "";
  const isControl = mark === "01";
  const flags = mark === "00" ? [] : [marks[mark] ?? `mark ${mark}`];
  return {
    channel,
    value: digits === undefined ? { kind: "text", text: word ?? "" } : numberValue(digits),
    unit,
    // Whether “check” stands for control solution is not told; it must not pass for a patient's plain result.
    kind: isControl ? "control" : "patient",
    deviceTime: timeOf(date, time),
    ...(flags.length > 0 ? { flags } : {}),
    // Without the mark, which can be set later.
    identity: [serial, channel, digits ?? word, unit, date, time, ...(isControl ? ["control"] : [])].join(" "),
    span,
  };
}

function numberValue(digits: string): Finding["value"] {
  return Number(digits) === 0
    ? { kind: "absent", reason: "not-measured", text: digits }
    : { kind: "number", text: digits };
}

/** `YYMMDD` and `HHMM`, local time, years 20YY. */
function timeOf(date: string, time: string): DeviceTime {
  const pairs = (text: string) => (text.match(/../g) ?? []).map(Number);
  const [year = 0, month = 0, day = 0] = pairs(date);
  const [hour = 0, minute = 0] = pairs(time);
  const local = wallTime(2000 + year, month, day, hour, minute);
  return { text: `${date} ${time}`, ...(local === undefined ? {} : { local }) };
}
