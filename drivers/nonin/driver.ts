import { z } from "zod";
import type { Action, Driver, Session, Span } from "../../src/driver-kit/contract.ts";
import { lines } from "../../src/driver-kit/framers/lines.ts";
import type { Framer, Piece } from "../../src/driver-kit/framers/piece.ts";
import { type Heard, listeningSession } from "../../src/driver-kit/listening-session.ts";
import { offerAgain } from "../../src/driver-kit/offer-again.ts";
import { spotCheck } from "../../src/driver-kit/spot-check.ts";
import type { Measured } from "./measured.ts";
import { decodePacket, format2, format7, packetFramer } from "./packet.ts";
import { decodeShort, shortFramer } from "./short-frame.ts";
import { askClock, clockOf, storedFindings, storedFramer } from "./stored.ts";
import { decodeText } from "./text-line.ts";

const options = z
  .strictObject({
    format: z
      .enum(["1", "2", "7", "8", "13", "text"])
      .describe("serial data format that the oximeter is set to; text: a console's lines"),
    settleSeconds: z.number().int().min(2).max(60).default(5).describe("good signal before a value has settled"),
    everySeconds: z
      .number()
      .int()
      .min(0)
      .max(3600)
      .default(0)
      .describe("report a contact again so often; 0: one reading a contact"),
    silenceMs: z.number().int().min(1000).max(60_000).default(3000).describe("a stream silent for so long has stopped"),
  })
  .refine(({ format, everySeconds }) => everySeconds === 0 || !["1", "text"].includes(format), {
    path: ["everySeconds"],
    message: "formats 1 and text do not say that the finger is out, and hold the last value for 10 s",
  });

type Options = z.output<typeof options>;
type Streaming = Exclude<Options["format"], "13">;

/** Nonin oximeters. Streams give one reading a contact; format 13 gives spot checks, also stored ones. Reads only. */
export const driver: Driver<Options> = {
  id: "nonin",
  version: "1",
  input: "stream",
  integrity: "structure",
  options,
  session: (chosen) =>
    chosen.format === "13" ? offerAgain(storedSession(chosen)) : streamingSession({ ...chosen, format: chosen.format }),
};

const textFramer = () => lines({ ends: ["\r\n", "\n"], bound: 80, restIsNoLine: true });

const streams: Record<
  Streaming,
  { framer(): Framer; decode(frame: Uint8Array): Measured | undefined; perSecond: number }
> = {
  "1": { framer: () => shortFramer(3), decode: decodeShort, perSecond: 1 },
  "2": { framer: () => packetFramer(format2), decode: (packet) => decodePacket(format2, packet), perSecond: 3 },
  "7": { framer: () => packetFramer(format7), decode: (packet) => decodePacket(format7, packet), perSecond: 3 },
  "8": { framer: () => shortFramer(4), decode: decodeShort, perSecond: 1 },
  text: { framer: textFramer, decode: decodeText, perSecond: 1 },
};

function streamingSession({
  format,
  settleSeconds,
  everySeconds,
  silenceMs,
}: Options & { readonly format: Streaming }): Session {
  const { framer, decode, perSecond } = streams[format];
  const check = spotCheck({ settle: settleSeconds * perSecond, every: everySeconds * perSecond });

  function hear(frame: Uint8Array, span: Span): readonly Heard[] {
    if (frame.length === 0) return [];
    const said = decode(frame);
    if (said === undefined) return [{ do: "discard", span, reason: "malformed" }];
    if (!check.take(said.sample)) return [{ do: "discard", span, reason: "not-a-reading" }];
    return [{ do: "report", findings: findings(said, span) }];
  }

  return listeningSession({ framer: framer(), hear, silenceMs, silent: check.end });
}

function findings({ saturation, pulse, flags }: Measured, span: Span) {
  const common = { kind: "patient", group: "oximetry", ...(flags.length === 0 ? {} : { flags }), span } as const;
  return [
    { ...common, channel: "SPO2", value: { kind: "number", text: saturation } },
    { ...common, channel: "PULSE", value: { kind: "number", text: pulse } },
  ] as const;
}

function storedSession({ silenceMs }: Options): Session {
  const framer = storedFramer();
  let receipt = 0;
  let asked = false;

  function hear(piece: Piece): readonly Action[] {
    const { span } = piece;
    if (piece.is === "discard") return [{ do: "discard", span, reason: piece.reason }];
    const clock = clockOf(piece.bytes);
    if (clock !== undefined) {
      if (!asked) return [{ do: "discard", span, reason: "unsolicited" }];
      asked = false;
      return [{ do: "identify", identity: { manufacturer: "Nonin", clock } }];
    }
    const findings = storedFindings(piece.bytes, span);
    if (findings === undefined) return [{ do: "discard", span, reason: "malformed" }];
    return [{ do: "report", receipt: ++receipt, findings }];
  }

  return {
    handle(event) {
      switch (event.on) {
        case "open":
          asked = true;
          return [{ do: "write", bytes: askClock }];
        case "data":
          return [...framer.push(event.bytes).flatMap(hear), { do: "wake", afterMs: silenceMs }];
        case "wake":
          return framer.flush("silence").flatMap(hear);
        case "close":
          return framer.flush("close").flatMap(hear);
        case "stored":
        case "refused":
          return [];
        default:
          return event satisfies never;
      }
    },
  };
}
