import { z } from "zod";
import type { Action, Driver, Finding, Session, Span } from "../../src/driver-kit/contract.ts";
import type { Framer, Piece } from "../../src/driver-kit/framers/piece.ts";
import { offerAgain } from "../../src/driver-kit/offer-again.ts";
import { decodeEsc, escFramer } from "./esc-packet.ts";
import { baby, chair, decodeFixed, doran, fixedFramer } from "./fixed-packet.ts";
import type { Decoded, Packet } from "./packet.ts";
import { weighing } from "./weighing.ts";

const options = z.strictObject({
  format: z
    .enum(["esc", "chair", "baby", "doran"])
    .describe("esc: ESC packets; chair: 2595KL; baby: 522, 524, 553; doran: Doran's “FH”"),
  settle: z.number().int().min(1).max(60).default(3).describe("identical packets in a row that make a settled weight"),
  silenceMs: z.number().int().min(500).max(60_000).default(3000).describe("a stream silent for so long has stopped"),
});

type Options = z.output<typeof options>;
type Format = Options["format"];

/** Health o meter Professional (Pelstar) scales and what speaks like them: unsolicited packets, nothing is ever written. */
export const driver: Driver<Options> = {
  id: "health-o-meter",
  version: "1",
  input: "stream",
  integrity: "structure",
  options,
  session: (chosen) => offerAgain(session(chosen)),
};

const formats: Record<Format, { framer(): Framer; decode(frame: Uint8Array): Decoded }> = {
  esc: { framer: escFramer, decode: decodeEsc },
  chair: { framer: () => fixedFramer(chair), decode: (frame) => decodeFixed(chair, frame) },
  baby: { framer: () => fixedFramer(baby), decode: (frame) => decodeFixed(baby, frame) },
  doran: { framer: () => fixedFramer(doran), decode: (frame) => decodeFixed(doran, frame) },
};

function session({ format, settle, silenceMs }: Options): Session {
  const { framer: newFramer, decode } = formats[format];
  const framer = newFramer();
  const current = weighing(settle);
  let receipt = 0;
  /** Whether a packet came since the alarm was last set: noise does not keep a stream alive. */
  let packetCame = false;
  let armed = false;
  let received = 0;
  let receivedAtWake = 0;

  function arm(): Action {
    packetCame = false;
    armed = true;
    return { do: "wake", afterMs: silenceMs };
  }

  function action(piece: Piece): Action {
    const { span } = piece;
    if (piece.is === "discard") return { do: "discard", span, reason: piece.reason };
    const decoded = decode(piece.bytes);
    packetCame ||= decoded.is !== "malformed";
    switch (decoded.is) {
      case "malformed":
        return { do: "discard", span, reason: "malformed", detail: decoded.detail };
      case "no-load":
        current.end();
        return { do: "discard", span, reason: "not-a-reading" };
      case "packet": {
        const weighed = current.take(decoded.packet);
        if (weighed === "settling") return { do: "discard", span, reason: "not-a-reading" };
        if (weighed === "repeated") return { do: "discard", span, reason: "duplicate" };
        return { do: "report", receipt: ++receipt, findings: findings(decoded.packet, weighed, span) };
      }
      default:
        return decoded satisfies never;
    }
  }

  return {
    handle(event) {
      switch (event.on) {
        case "data": {
          received += event.bytes.length;
          const actions = framer.push(event.bytes).map(action);
          return packetCame || !armed ? [...actions, arm()] : actions;
        }
        case "wake": {
          current.end();
          armed = false;
          // A packet may be on its way: only what has not grown in a whole silence is given up.
          const stopped = framer.pending === 0 || received === receivedAtWake;
          receivedAtWake = received;
          const actions = stopped ? framer.flush("silence").map(action) : [];
          return packetCame || !stopped ? [...actions, arm()] : actions;
        }
        case "close":
          return framer.flush("close").map(action);
        case "open":
        case "stored":
        case "refused":
          return [];
        default:
          return event satisfies never;
      }
    },
  };
}

/** Channels are the letters of the ESC packet's fields, also for the formats that have none. */
function findings(packet: Packet, parts: { weight: boolean; height: boolean }, span: Span): readonly Finding[] {
  const common = {
    kind: "patient",
    group: "weighing",
    ...(packet.patient === undefined ? {} : { reported: { patient: packet.patient } }),
    span,
  } as const;
  const found: Finding[] = [];
  if (parts.weight)
    found.push({
      ...common,
      channel: "W",
      value: { kind: "number", text: packet.weight },
      unit: packet.unit,
      ...(packet.tare === undefined ? {} : { flags: [`tare ${packet.tare}`] }),
    });
  if (parts.height && packet.height !== undefined)
    found.push({ ...common, channel: "H", value: { kind: "number", text: packet.height }, unit: packet.unit });
  if (parts.height && packet.bmi !== undefined)
    found.push({ ...common, channel: "B", value: { kind: "number", text: packet.bmi } });
  return found;
}
