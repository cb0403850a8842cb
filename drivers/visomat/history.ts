import type { DeviceTime } from "../../src/model/times.ts";

/** One stored measurement. Numbers are three digits, mmHg and beats a minute. */
export interface StoredMeasurement {
  readonly user: "1" | "2";
  readonly time: DeviceTime;
  /** One digit; what it means is not documented. */
  readonly mark: string;
  readonly systolic: string;
  readonly diastolic: string;
  readonly pulse: string;
}

/** yymmdd HHMM, mark, three times three digits. */
const recordLength = 20;
const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Reads a history: `M1nn…M2nn…`, nn records for each user, one filler character where there are none. Nothing where the
 * lengths do not agree with the numbers, or a record has other than digits: the packet has no checksum.
 */
export function decode(text: string): readonly StoredMeasurement[] | undefined {
  const first = user("1", text);
  if (first === undefined) return undefined;
  const second = user("2", text.slice(first.length));
  if (second === undefined || first.length + second.length !== text.length) return undefined;
  return [...first.measurements, ...second.measurements];
}

interface UserHistory {
  readonly length: number;
  readonly measurements: readonly StoredMeasurement[];
}

function user(number: StoredMeasurement["user"], text: string): UserHistory | undefined {
  const [, digits] = /^M[12]([0-9]{2})/.exec(text) ?? [];
  if (digits === undefined || text.charAt(1) !== number) return undefined;
  const count = Number(digits);
  const length = 4 + (count === 0 ? 1 : count * recordLength);
  if (text.length < length) return undefined;
  const measurements: StoredMeasurement[] = [];
  for (let at = 4; at + recordLength <= length; at += recordLength) {
    const found = measurement(number, text.slice(at, at + recordLength));
    if (found === undefined) return undefined;
    measurements.push(found);
  }
  return { length, measurements };
}

function measurement(number: StoredMeasurement["user"], text: string): StoredMeasurement | undefined {
  if (!/^[0-9]{20}$/.test(text)) return undefined;
  const systolic = text.slice(11, 14);
  const diastolic = text.slice(14, 17);
  if (Number(diastolic) === 0 || Number(diastolic) >= Number(systolic)) return undefined;
  return {
    user: number,
    time: deviceTime(text.slice(0, 10)),
    mark: text.slice(10, 11),
    systolic,
    diastolic,
    pulse: text.slice(17),
  };
}

/** `yymmddHHMM`, local time without a zone, years 20yy. Always its text; `local` where it is possible. */
function deviceTime(text: string): DeviceTime {
  const [year = "", month = "", day = "", hour = "", minute = ""] = text.match(/../g) ?? [];
  const leapDay = month === "02" && Number(year) % 4 === 0 ? 1 : 0;
  const days = (monthDays[Number(month) - 1] ?? 0) + leapDay;
  const possible = Number(day) >= 1 && Number(day) <= days && Number(hour) < 24 && Number(minute) < 60;
  return possible ? { text, local: `20${year}-${month}-${day}T${hour}:${minute}` } : { text };
}
