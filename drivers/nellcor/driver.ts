import { z } from "zod";
import type { Driver, Finding, Session, Span, Undetected } from "../../src/driver-kit/contract.ts";
import { lines } from "../../src/driver-kit/framers/lines.ts";
import { type Heard, listeningSession } from "../../src/driver-kit/listening-session.ts";
import { spotCheck } from "../../src/driver-kit/spot-check.ts";
import { latin1 } from "../../src/driver-kit/text.ts";
import { type Line, readLine } from "./line-reader.ts";

const options = z.strictObject({
  settleSeconds: z.number().int().min(4).max(60).default(6).describe("good signal before a value has settled"),
  everySeconds: z
    .number()
    .int()
    .min(0)
    .max(3600)
    .default(0)
    .describe("report a contact again so often; 0: one reading a contact"),
  silenceMs: z.number().int().min(5000).max(60_000).default(10_000).describe("a stream silent for so long has stopped"),
});

type Options = z.output<typeof options>;

const secondsBetween = 2;

/** Nellcor N-560 and its like: lines without end, of which one reading a contact is made. Writes nothing. */
export const driver: Driver<Options> = {
  id: "nellcor",
  version: "1",
  input: "stream",
  integrity: "none",
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

function session({ settleSeconds, everySeconds, silenceMs }: Options): Session {
  const framer = lines({ ends: ["\r", "\n"], bound: 200 });
  const check = spotCheck({
    settle: Math.ceil(settleSeconds / secondsBetween),
    every: Math.ceil(everySeconds / secondsBetween),
  });
  let model: { readonly model: string; readonly firmware: string } | undefined;
  let identified: string | undefined;

  function hear(frame: Uint8Array, span: Span): readonly Heard[] {
    if (frame.length === 0) return [];
    const said = readLine(latin1(frame));
    switch (said.is) {
      case "data": {
        const met = meet(said.line);
        if (!check.take(said.line.sample)) return [...met, { do: "discard", span, reason: "not-a-reading" }];
        return [...met, { do: "report", findings: findings(said.line, span) }];
      }
      case "header":
        if (said.model !== undefined && said.version !== undefined)
          model = { model: said.model, firmware: said.version };
        return [{ do: "discard", span, reason: "not-a-reading" }];
      case "unknown":
        return [{ do: "discard", span, reason: "malformed" }];
      default:
        return said satisfies never;
    }
  }

  /** The clock comes with the first line; model and firmware when the header is repeated. */
  function meet({ time }: Line): readonly Heard[] {
    const key = model === undefined ? "" : `${model.model} ${model.firmware}`;
    if (identified === key) return [];
    identified = key;
    return [{ do: "identify", identity: { manufacturer: "Nellcor", ...model, clock: time } }];
  }

  return listeningSession({ framer, hear, silenceMs, silent: check.end });
}

/** What a line shows is measured as it is sent: its age is none, whatever the oximeter's clock says. */
function findings({ saturation, pulse, time, flags }: Line, span: Span): readonly Finding[] {
  const common = {
    kind: "patient",
    group: "oximetry",
    deviceTime: time,
    ageMs: 0,
    ...(flags.length === 0 ? {} : { flags }),
    span,
  } as const;
  return [
    { ...common, channel: "SpO2", value: { kind: "number", text: saturation } },
    { ...common, channel: "BPM", value: { kind: "number", text: pulse } },
  ];
}
