import { z } from "zod";
import type { Driver, Finding, Session, Span, WireValue } from "../../src/driver-kit/contract.ts";
import { envelope } from "../../src/driver-kit/framers/envelope.ts";
import { listeningSession } from "../../src/driver-kit/listening-session.ts";
import { latin1, number } from "../../src/driver-kit/text.ts";
import { wallTime } from "../../src/driver-kit/wall-clock.ts";
import type { DeviceTime } from "../../src/model/times.ts";

const options = z.strictObject({});

/**
 * Arkray Spotchem EL SE-1520: sodium, potassium and chloride, sent by itself as one line of fixed columns. There is no
 * checksum: whatever is not in its column makes the whole line malformed.
 */
export const driver: Driver<z.output<typeof options>> = {
  id: "spotchem-el",
  version: "1",
  input: "stream",
  integrity: "structure",
  options,
  session,
};

/** So long without a byte, and an unfinished line does not go on. */
const SILENCE_MS = 3000;
/** The one type of specimen whose spelling is known. */
const PLASMA = "B. Plasma";

const line = /^(\d\d)\/(\d\d)\/(\d\d) (\d\d):(\d\d) ID# ([!-~ ]{11})\[([A-Za-z][A-Za-z. ]{0,15})\] ((?:.{21}){3}) *$/;
/** An electrolyte in 21 columns: its name, its value right-aligned at column 12, two blanks, unit, blank. */
const electrolyte = /^(Na|K|Cl)( *)([^ ]+) {2}mmol\/L $/;
const VALUE_TO = 12;

function session(): Session {
  return listeningSession({
    framer: envelope({ starts: ["\x02"], ends: ["\x03"], bound: 512, alone: "\r\n" }),
    silenceMs: SILENCE_MS,
    hear(frame, span) {
      if (frame.length === 1) return [];
      const found = findings(latin1(frame.subarray(1, -1)), span);
      if (found === undefined) return [{ do: "discard", span, reason: "malformed" }];
      return [{ do: "report", findings: found }];
    },
  });
}

function findings(text: string, span: Span): readonly Finding[] | undefined {
  const match = line.exec(text);
  if (match === null) return undefined;
  const [, year = "", month = "", day = "", hour = "", minute = "", id = "", specimen = "", columns = ""] = match;
  const values = [0, 21, 42].map((at) => readColumns(columns.slice(at, at + 21)));
  if (!values.every((value) => value !== undefined)) return undefined;
  if (values.map(([name]) => name).join() !== "Na,K,Cl") return undefined;
  const time = timeOf(text.slice(0, 14), [year, month, day, hour, minute].map(Number));
  const reported = id.trim();
  return values.map(([channel, value]) => ({
    channel,
    // In another specimen it is another quantity: held, in words.
    ...(specimen === PLASMA
      ? { value, unit: "mmol/L" }
      : { value: { kind: "text", text: `${value.text ?? ""} mmol/L [${specimen}]` } }),
    kind: "patient",
    group: "run",
    deviceTime: time,
    ...(reported === "" ? {} : { reported: { specimen: reported } }),
    // An impossible date tells nothing from an equal result of that day.
    ...(time.local === undefined && { mayRecur: true }),
    identity: JSON.stringify([id.trim(), time.text]),
    span,
  }));
}

function readColumns(columns: string): readonly [string, WireValue] | undefined {
  const [, name, gap, text] = electrolyte.exec(columns) ?? [];
  if (name === undefined || gap === undefined || text === undefined) return undefined;
  if (name.length + gap.length + text.length !== VALUE_TO) return undefined;
  if (number(text) !== undefined) return [name, { kind: "number", text }];
  return /^[-*]+$/.test(text) ? [name, { kind: "absent", reason: "not-computable", text }] : undefined;
}

/** YY/MM/DD HH:MM. */
function timeOf(text: string, [year = 0, month = 0, day = 0, hour = 0, minute = 0]: readonly number[]): DeviceTime {
  const local = wallTime(2000 + year, month, day, hour, minute);
  return { text, ...(local === undefined ? {} : { local }) };
}
