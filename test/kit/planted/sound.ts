import { z } from "zod";
import { astmSum } from "../../../src/driver-kit/checksums.ts";
import type { Action, Driver, Finding, Session, Span } from "../../../src/driver-kit/contract.ts";
import { envelope } from "../../../src/driver-kit/framers/envelope.ts";
import type { Framer, Piece } from "../../../src/driver-kit/framers/piece.ts";
import { bytesOf, latin1, number } from "../../../src/driver-kit/text.ts";

/** A weight as these instruments say it: `<W 123.4 kg>` and the two digits of its sum. */
export const frame = (text: string) => `<${text}>${astmSum(bytesOf(`${text}>`))}`;

export const ack = "\x06";
const nak = "\x15";

export const framer = (check = sound) => envelope({ starts: ["<"], ends: [">"], trailing: 2, bound: 40, check });

function sound(bytes: Uint8Array): "ok" | "checksum" {
  return latin1(bytes.subarray(-2)) === astmSum(bytes.subarray(1, -2)) ? "ok" : "checksum";
}

/** Reads `W 123.4 kg`, or nothing. */
function weight(text: string, span: Span): Finding | undefined {
  const [channel, digits, unit, ...rest] = text.split(" ");
  if (channel !== "W" || digits === undefined || number(digits) === undefined || unit !== "kg" || rest.length > 0)
    return undefined;
  return { channel, value: { kind: "number", text: digits }, unit, kind: "patient", span };
}

const write = (text: string): Action => ({ do: "write", bytes: bytesOf(text) });

/** The session of a driver without a fault, on whatever framer; planted faults change one thing of it. */
export function session(
  pieces: Framer,
  read: (bytes: Uint8Array) => string = (b) => latin1(b.subarray(1, -3)),
): Session {
  let receipt = 0;
  const action = (piece: Piece): Action => {
    if (piece.is === "discard") return { do: "discard", span: piece.span, reason: piece.reason };
    const finding = weight(read(piece.bytes), piece.span);
    return finding === undefined
      ? { do: "discard", span: piece.span, reason: "malformed" }
      : { do: "report", receipt: ++receipt, findings: [finding] };
  };
  return {
    handle(event) {
      switch (event.on) {
        case "data":
          return [...pieces.push(event.bytes).map(action), { do: "wake", afterMs: 1000 }];
        case "wake":
          return pieces.flush("silence").map(action);
        case "close":
          return pieces.flush("close").map(action);
        case "stored":
          return [write(ack)];
        case "refused":
          return [write(nak)];
        case "open":
          return [];
        default:
          return event satisfies never;
      }
    },
  };
}

/** A driver without a fault: what conformance must find nothing against. */
export const driver: Driver = {
  id: "sound",
  version: "1",
  input: "stream",
  integrity: "checksum",
  options: z.strictObject({}),
  session: () => session(framer()),
};
