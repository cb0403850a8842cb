import { z } from "zod";
import type { Action, Driver, Finding, Session, Span } from "../../src/driver-kit/contract.ts";
import type { Piece } from "../../src/driver-kit/framers/piece.ts";
import { offerAgain } from "../../src/driver-kit/offer-again.ts";
import { spotCheck } from "../../src/driver-kit/spot-check.ts";
import { oldFramer, v7Framer } from "./frames.ts";
import { decodeOld, decodeV7, type Measured } from "./measured.ts";

const options = z.strictObject({
  protocol: z.enum(["old", "v7"]).describe("old: CMS50D+ up to firmware 4.5; v7: 4.6 and later, CMS50EW, CMS50FW"),
  settleSeconds: z.number().int().min(2).max(60).default(5).describe("good signal before a value has settled"),
  everySeconds: z
    .number()
    .int()
    .min(0)
    .max(3600)
    .default(0)
    .describe("report a contact again so often; 0: one reading a contact"),
});

type Options = z.output<typeof options>;

/** Contec CMS50 finger oximeters: a stream without end, of which one reading a contact is made. Reads nothing stored. */
export const driver: Driver<Options> = {
  id: "contec-cms50",
  version: "1",
  input: "stream",
  integrity: "structure",
  options,
  session: (chosen) => offerAgain(session(chosen)),
};

const framesPerSecond = 60;

/** Ask for realtime values, and say that somebody is still there: due every five seconds. Nothing else is ever sent. */
const startRealtime = command(0xa1);
const keepAlive = command(0xaf);
const tickMs = 4000;

function command(code: number): Uint8Array {
  return Uint8Array.of(0x7d, 0x81, code, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80);
}

function session({ protocol, settleSeconds, everySeconds }: Options): Session {
  const asks = protocol === "v7";
  const framer = asks ? v7Framer() : oldFramer();
  const decode = asks ? decodeV7 : decodeOld;
  const check = spotCheck({ settle: settleSeconds * framesPerSecond, every: everySeconds * framesPerSecond });
  let receipt = 0;
  /** Whether values came since the last tick. */
  let streaming = false;

  function hear(piece: Piece): readonly Action[] {
    const { span } = piece;
    if (piece.is === "discard") return [{ do: "discard", span, reason: piece.reason }];
    const said = decode(piece.bytes);
    if (said === undefined) return [{ do: "discard", span, reason: "not-a-reading" }];
    streaming = true;
    if (!check.take(said.sample)) return [{ do: "discard", span, reason: "not-a-reading" }];
    return [{ do: "report", receipt: ++receipt, findings: findings(said, span) }];
  }

  function tick(): readonly Action[] {
    const silent = !streaming;
    streaming = false;
    const left = silent ? framer.flush("silence").flatMap(hear) : [];
    if (silent) check.end();
    const asked: readonly Action[] = asks ? [{ do: "write", bytes: silent ? startRealtime : keepAlive }] : [];
    return [...left, ...asked, { do: "wake", afterMs: tickMs }];
  }

  return {
    handle(event) {
      switch (event.on) {
        case "open":
        case "wake":
          return tick();
        case "data":
          return framer.push(event.bytes).flatMap(hear);
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

function findings({ saturation, pulse, perfusion, flags }: Measured, span: Span): readonly Finding[] {
  const common = { kind: "patient", group: "oximetry", ...(flags.length === 0 ? {} : { flags }), span } as const;
  const one = (channel: string, text: string): Finding => ({ ...common, channel, value: { kind: "number", text } });
  return [
    one("SPO2", String(saturation)),
    one("PULSE", String(pulse)),
    ...(perfusion === undefined ? [] : [one("PI", percent(perfusion))]),
  ];
}

/** Hundredths with their decimal point put in. */
function percent(hundredths: number): string {
  return `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, "0")}`;
}
