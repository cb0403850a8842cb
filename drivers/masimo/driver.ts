import { z } from "zod";
import type { Driver, Finding, Session, Span, Undetected } from "../../src/driver-kit/contract.ts";
import { lines } from "../../src/driver-kit/framers/lines.ts";
import { type Heard, listeningSession } from "../../src/driver-kit/listening-session.ts";
import { spotCheck } from "../../src/driver-kit/spot-check.ts";
import { latin1 } from "../../src/driver-kit/text.ts";
import { type Line, readLine } from "./line-reader.ts";

const options = z.strictObject({
  format: z.enum(["ascii1", "trend"]).describe("serial output chosen in the oximeter's menu; trend: ASCII 2"),
  settleSeconds: z.number().int().min(4).max(60).default(6).describe("good signal before a value has settled"),
  everySeconds: z
    .number()
    .int()
    .min(0)
    .max(3600)
    .default(0)
    .describe("report a contact again so often; 0: one reading a contact"),
  silenceMs: z.number().int().min(3000).max(60_000).default(5000).describe("a stream silent for so long has stopped"),
});

type Options = z.output<typeof options>;

const secondsBetween = { ascii1: 1, trend: 2 } as const;

/** Masimo Radical-7, Rad-8 and Rad-87: lines without end, of which one reading a contact is made. Writes nothing. */
export const driver: Driver<Options> = {
  id: "masimo",
  version: "1",
  input: "stream",
  integrity: "structure",
  options,
  session,
  undetected(): readonly Undetected[] {
    const why = "a damaged line is passed over, and the reading made of a later one, with that line's time";
    return [
      { fault: "byte-lost", why },
      { fault: "byte-doubled", why },
    ];
  },
};

function session({ format, settleSeconds, everySeconds, silenceMs }: Options): Session {
  const framer = lines({ ends: ["\r\n"], bound: 400 });
  const samples = (seconds: number) => Math.ceil(seconds / secondsBetween[format]);
  const check = spotCheck({ settle: samples(settleSeconds), every: samples(everySeconds) });
  let identified: string | undefined;
  let serialBefore: string | undefined;

  function hear(frame: Uint8Array, span: Span): readonly Heard[] {
    if (frame.length === 0) return [];
    const line = readLine(latin1(frame), format);
    if (line === undefined) return [{ do: "discard", span, reason: "malformed" }];
    const met = meet(line);
    if (!check.take(line.sample)) return [...met, { do: "discard", span, reason: "not-a-reading" }];
    return [...met, { do: "report", findings: findings(line, span) }];
  }

  /** The oximeter tells its clock with each line. Its serial number counts once it was the same in two lines running. */
  function meet({ serial, time }: Line): readonly Heard[] {
    const sure = serial !== undefined && serial === serialBefore ? serial : undefined;
    serialBefore = serial;
    if (identified !== undefined && (sure === undefined || sure === identified)) return [];
    if (identified === undefined && serial !== undefined && sure === undefined) return [];
    identified = sure ?? "";
    return [
      {
        do: "identify",
        identity: { manufacturer: "Masimo", ...(sure === undefined ? {} : { serial: sure }), clock: time },
      },
    ];
  }

  return listeningSession({ framer, hear, silenceMs, silent: check.end });
}

/** What a line shows is measured as it is sent: its age is none, whatever the oximeter's clock says. */
function findings({ saturation, pulse, perfusion, time, flags }: Line, span: Span): readonly Finding[] {
  const common = {
    kind: "patient",
    group: "oximetry",
    deviceTime: time,
    ageMs: 0,
    ...(flags.length === 0 ? {} : { flags }),
    span,
  } as const;
  return [
    { ...common, channel: "SPO2", value: { kind: "number", text: saturation } },
    { ...common, channel: "BPM", value: { kind: "number", text: pulse } },
    ...(perfusion === undefined
      ? []
      : ([
          {
            ...common,
            channel: "PI",
            value: { kind: "number", text: perfusion.text },
            ...(perfusion.unit === undefined ? {} : { unit: perfusion.unit }),
          },
        ] as const)),
  ];
}
