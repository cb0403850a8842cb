import type { Finding, Span } from "../../src/driver-kit/contract.ts";
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

/** Reads a line as a finding; nothing where it is none of a result. `identity` is to be made whole by the caller. */
export function findingOf(text: string, identity: string, span: Span): (Finding & { identity: string }) | undefined {
  const found = form.exec(text);
  if (found === null) return undefined;
  const [, channel = "", millimoles, molar, milligrams, mass, word, wordUnit, mark = "", date = "", time = ""] = found;
  const digits = millimoles ?? milligrams;
  const unit = molar ?? mass ?? wordUnit ?? "";
  const flags = mark === "00" ? [] : [marks[mark] ?? `mark ${mark}`];
  return {
    channel,
    value: digits === undefined ? { kind: "text", text: word ?? "" } : numberValue(digits),
    unit,
    // Whether “check” stands for control solution is not told; it must not pass for a patient's plain result.
    kind: mark === "01" ? "control" : "patient",
    deviceTime: timeOf(date, time),
    ...(flags.length > 0 ? { flags } : {}),
    identity,
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
