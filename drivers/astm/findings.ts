import type { Finding } from "../../src/driver-kit/contract.ts";
import type { DeviceIdentity } from "../../src/model/device.ts";
import type { ReadingKind, ReportedSubject, ResultStatus } from "../../src/model/observation.ts";
import type { DeviceTime } from "../../src/model/times.ts";
import { deviceTime } from "./device-time.ts";
import type { Result } from "./message.ts";
import type { Options } from "./options.ts";
import { component, type LisRecord, raw, repeats, text } from "./records.ts";
import { readValue } from "./value.ts";

/**
 * Results as findings. `seen` counts how often each identity came in this message, so that two equal results of one
 * message stay two, while the whole message sent again brings none that is new. `message` is which one of their report
 * they belong to, counted from 1.
 */
export function findings(
  results: readonly Result[],
  options: Options,
  seen: Map<string, number>,
  message: number,
): readonly Finding[] {
  return results
    .filter(({ record }) => isReportable(record, options))
    .flatMap((result) => {
      const { order, record, patient, header, comments } = result;
      const flags = repeats(record, 7);
      const status = text(record, 9);
      const time = timeOf(result);
      const reported: ReportedSubject = {
        ...given("patient", options.patient === "none" ? "" : component(patient, Number(options.patient.slice(2)), 1)),
        ...given("specimen", specimenOf(order, options)),
        ...given("operator", component(record, 11, 1)),
      };
      const notes = options.comments === "flags" ? comments.map((comment) => text(comment, 4)) : [];
      const allFlags = [...flags, ...notes.filter((note) => note !== "")];
      const key = identityOf(result, options, time);
      const count = (seen.get(key) ?? 0) + 1;
      seen.set(key, count);
      return valuesOf(record, options).map(([channel, value]) => ({
        channel,
        value: readValue(strip(value, options), flags, status, options),
        ...given("unit", text(record, 5)),
        kind: kindOf(header, result, options),
        ...given("group", groupOf(result, message)),
        ...(time === undefined ? {} : { deviceTime: time }),
        ...(Object.keys(reported).length === 0 ? {} : { reported }),
        status: statusOf(record, order),
        ...(allFlags.length === 0 ? {} : { flags: allFlags }),
        identity: count === 1 ? key : `${key}#${count}`,
        ...(time === undefined || time.local !== undefined ? {} : { mayRecur: true }),
        span: record.span,
      }));
    });
}

function groupOf({ orderNumber }: Result, message: number): string {
  if (orderNumber === 0) return "";
  return message === 1 ? `order ${orderNumber}` : `message ${message} order ${orderNumber}`;
}

function isReportable(record: LisRecord, { reportable }: Options): boolean {
  return reportable === undefined || component(record, 3, reportable) !== "";
}

/** What R.4 holds, by channel. A quality without a quantity is one result; where both are missing, that is one too. */
function valuesOf(record: LisRecord, options: Options): readonly (readonly [string, string])[] {
  const code = testCode(record, options);
  if (options.value === "whole") return [[code, text(record, 4)]];
  const [quality, quantity] = [component(record, 4, 1), component(record, 4, 2)];
  const measured = quantity === "" ? [] : [[`${code} quantity`, quantity] as const];
  return quality === "" && measured.length > 0 ? measured : [[code, quality], ...measured];
}

/** What the header says of the analyzer. H field 5, and H field 14 where that is its clock. */
export function identityOfSender(header: LisRecord, options: Options): DeviceIdentity {
  const { manufacturer, model, firmware, serial } = options.sender;
  const part = (c: number | undefined) => (c === undefined ? "" : component(header, 5, c));
  const clock = options.clock === "header" ? deviceTime(text(header, 14)) : undefined;
  return {
    ...given("manufacturer", part(manufacturer)),
    ...given("model", part(model)),
    ...given("firmware", part(firmware)),
    ...given("serial", part(serial)),
    ...(clock === undefined ? {} : { clock }),
  };
}

/** R field 3: component 4, else 5, else the field. `?` where the field is empty, so that the result is not lost. */
function testCode(record: LisRecord, options: Options): string {
  if (options.test !== undefined) return options.test.map((c) => component(record, 3, c)).join("^");
  return strip(component(record, 3, 4) || component(record, 3, 5) || text(record, 3), options) || "?";
}

function specimenOf(order: LisRecord | undefined, { specimen }: Options): string {
  if (specimen.field === "none") return "";
  return component(order, specimen.field === "O.3" ? 3 : 4, specimen.component);
}

/** Completed (R.13), else started (R.12), else the order reported (O.23), else the message sent (H.14). */
function timeOf({ header, order, record }: Result): DeviceTime | undefined {
  return deviceTime(text(record, 13) || text(record, 12) || text(order, 23) || text(header, 14));
}

/** H.12 is the message's processing id, O.12 the order's action code; some analyzers mark controls in words besides. */
function kindOf(header: LisRecord, { order, comments, orderComments }: Result, { controlMarks }: Options): ReadingKind {
  const processing = text(header, 12);
  if (processing === "Q" || text(order, 12) === "Q") return "control";
  const words = [component(order, 16, 1), ...[...orderComments, ...comments].map((c) => component(c, 4, 1))];
  if (words.some((word) => controlMarks.includes(word))) return "control";
  return processing === "T" || processing === "D" ? "demo" : "patient";
}

/** R.9, and where that is empty the order's report type O.26. A letter that LIS02 does not know is no final result. */
function statusOf(record: LisRecord, order: LisRecord | undefined): ResultStatus {
  const status = text(record, 9);
  switch (status) {
    case "F":
    case "V":
    case "R":
    case "Q":
    case "X":
      return "final";
    case "P":
    case "I":
    case "S":
      return "preliminary";
    case "C":
      return "corrected";
    case "":
      return text(order, 26) === "P" ? "preliminary" : "final";
    default:
      return "unverified";
  }
}

/**
 * What makes a result this one, however often it is sent: the analyzer, the patient, the specimen, the test, its time,
 * its value and its standing. "Already sent" and "verified" say the same result as "final", so the standing is taken
 * by its meaning.
 */
function identityOf(
  { header, patient, order, record }: Result,
  options: Options,
  time: DeviceTime | undefined,
): string {
  const { serial } = options.sender;
  return JSON.stringify([
    (serial === undefined ? "" : component(header, 5, serial)) || raw(header, 5),
    raw(patient, 3),
    raw(patient, 4),
    ...(options.patient === "P.5" ? [raw(patient, 5)] : []),
    raw(order, 3),
    raw(order, 4),
    raw(record, 3),
    time?.text ?? "",
    raw(record, 4),
    statusOf(record, order),
  ]);
}

function strip(value: string, { slash }: Options): string {
  return slash === "strip" ? value.replace(/\/$/, "").trim() : value;
}

function given<K extends string>(key: K, value: string): { [P in K]?: string } {
  return value === "" ? {} : ({ [key]: value } as { [P in K]?: string });
}
