import { z } from "zod";
import { sum8 } from "../../src/driver-kit/checksums.ts";
import type { Driver, Finding, Session, Span, WireValue } from "../../src/driver-kit/contract.ts";
import { envelope } from "../../src/driver-kit/framers/envelope.ts";
import { listeningSession } from "../../src/driver-kit/listening-session.ts";
import { latin1, number } from "../../src/driver-kit/text.ts";
import { wallTime } from "../../src/driver-kit/wall-clock.ts";
import type { DeviceTime } from "../../src/model/times.ts";

const options = z.strictObject({});

/**
 * bioMérieux miniVIDAS: immunoassay results, sent by themselves, as tagged fields with a checksum. Nothing is known of an
 * acknowledgement, so none is given.
 */
export const driver: Driver<z.output<typeof options>> = {
  id: "minividas",
  version: "1",
  input: "stream",
  integrity: "checksum",
  options,
  session,
};

/** So long without a byte, and an unfinished message does not go on. */
const SILENCE_MS = 3000;
const RS = "\x1e";

function session(): Session {
  /** After the checksum there may be an ETX or a line's end; around messages, control characters of a line. */
  const framer = envelope({
    starts: [`\x02${RS}`],
    ends: ["\x1d"],
    trailing: 2,
    bound: 4096,
    alone: "\x03\x04\x05\r\n",
    check,
  });
  let identified = "";
  return listeningSession({
    framer,
    silenceMs: SILENCE_MS,
    hear(frame, span) {
      if (frame.length === 1) return [];
      const fields = fieldsOf(latin1(frame.subarray(2, -3)));
      if (fields === undefined) return [{ do: "discard", span, reason: "malformed" }];
      const found = fields.get("mt") === "rsl" ? findings(fields, span) : [];
      if (found.length === 0) return [{ do: "discard", span, reason: "not-a-reading" }];
      const serial = fields.get("sn") ?? "";
      const news = serial !== "" && serial !== identified;
      identified = serial;
      return [
        ...(news ? [{ do: "identify", identity: { model: "miniVIDAS", serial } } as const] : []),
        { do: "report", findings: found },
      ];
    },
  });
}

/** Two lower-case hex digits: the sum of all bytes after STX, through the 0x1D before them. */
function check(frame: Uint8Array): "ok" | "checksum" {
  const sum = sum8(frame.subarray(1, -2)).toString(16).padStart(2, "0");
  return latin1(frame.subarray(-2)).toLowerCase() === sum ? "ok" : "checksum";
}

/** Fields by their two-letter tags; nothing where the text is none, or has a tag twice. */
function fieldsOf(text: string): ReadonlyMap<string, string> | undefined {
  const fields = new Map<string, string>();
  for (const part of text.split(RS)) {
    const [, tag = "", value] = /^([a-z][a-z0-9])([^|]*)\|$/.exec(part) ?? [];
    if (value === undefined || fields.has(tag)) return undefined;
    fields.set(tag, value.trim());
  }
  return fields;
}

/** The quality under the assay's short name, the quantity under that name followed by `quantity`. */
function findings(fields: ReadonlyMap<string, string>, span: Span): readonly Finding[] {
  const of = (tag: string) => fields.get(tag) ?? "";
  const assay = of("rt");
  if (assay === "") return [];
  const time = timeOf(of("td"), of("tt"));
  const reported = { ...given("patient", of("pi")), ...given("specimen", of("ci")) };
  const flags = [of("nc")].filter((flag) => flag !== "");
  const finding = (channel: string, value: WireValue, unit: string): Finding => ({
    channel,
    value,
    ...given("unit", unit),
    kind: "patient",
    group: "assay",
    ...(time === undefined ? {} : { deviceTime: time }),
    ...(Object.keys(reported).length === 0 ? {} : { reported }),
    ...(flags.length === 0 ? {} : { flags }),
    // A date alone, or an impossible one, tells nothing from an equal result of that day.
    ...(time !== undefined && time.local === undefined && { mayRecur: true }),
    identity: JSON.stringify([of("sn"), of("pi"), of("ci"), assay, time?.text ?? "", of("qd")]),
    span,
  });
  const [quality, quantity] = [of("ql"), of("qn")];
  return [
    ...(quality === "" && quantity !== "" ? [] : [finding(assay, wordOf(quality), "")]),
    ...(quantity === "" ? [] : [finding(`${assay} quantity`, quantityOf(quantity), of("y3"))]),
  ];
}

function wordOf(text: string): WireValue {
  return text === "" ? { kind: "absent", reason: "not-measured" } : { kind: "text", text };
}

function quantityOf(text: string): WireValue {
  if (/^[-*]+$/.test(text)) return { kind: "absent", reason: "not-computable", text };
  const [, sign, digits = ""] = /^([<>])? ?(\S+)$/.exec(text) ?? [];
  if (number(digits) === undefined) return { kind: "text", text };
  return { kind: "number", text: digits, ...(sign === "<" || sign === ">" ? { bound: sign } : {}) };
}

/** MM/DD/YY and HH:MM. */
function timeOf(date: string, clock: string): DeviceTime | undefined {
  const text = `${date} ${clock}`.trim();
  if (text === "") return undefined;
  const [, month, day, year, hour, minute] = /^(\d\d)\/(\d\d)\/(\d\d) (\d\d):(\d\d)$/.exec(text)?.map(Number) ?? [];
  if (month === undefined || day === undefined || year === undefined) return { text };
  const local = wallTime(2000 + year, month, day, hour ?? 0, minute ?? 0);
  return { text, ...(local === undefined ? {} : { local }) };
}

function given<K extends string>(key: K, value: string): { [P in K]?: string } {
  return value === "" ? {} : ({ [key]: value } as { [P in K]?: string });
}
