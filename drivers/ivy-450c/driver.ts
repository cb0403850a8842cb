import { z } from "zod";
import type { Action, Driver, Finding, Session, Span } from "../../src/driver-kit/contract.ts";
import type { Piece } from "../../src/driver-kit/framers/piece.ts";
import { offerAgain } from "../../src/driver-kit/offer-again.ts";
import { latin1 } from "../../src/driver-kit/text.ts";
import { decode, messageFramer, type Shown, waveformEnd } from "./message.ts";
import { sightings } from "./sightings.ts";

const options = z.strictObject({
  settleMessages: z
    .number()
    .int()
    .min(2)
    .max(60)
    .default(3)
    .describe("in how many messages in a row (one a second) a number must be the same to be a reading"),
  spotEverySeconds: z
    .number()
    .int()
    .min(0)
    .max(3600)
    .default(0)
    .describe("report what the sensors show so often; 0: once for each time they are put on"),
});

type Options = z.output<typeof options>;

/** Ivy 450C, ANSAR-B stream: one message a second with waveforms and numbers. Only listens. */
export const driver: Driver<Options> = {
  id: "ivy-450c",
  version: "1",
  input: "stream",
  integrity: "structure",
  options,
  session: (chosen) => offerAgain(session(chosen)),
};

/** Five messages long nothing that could be read. */
const silentMs = 5000;

function session({ settleMessages, spotEverySeconds }: Options): Session {
  const framer = messageFramer();
  const seen = sightings(settleMessages);
  let receipt = 0;
  let messagesSinceSpot = 0;

  function hear(bytes: Uint8Array, span: Span): readonly Action[] {
    const numbers = decode(latin1(bytes.subarray(waveformEnd, -1)));
    if (numbers === undefined) return [{ do: "discard", span, reason: "malformed" }];
    messagesSinceSpot++;
    const due = spotEverySeconds > 0 && messagesSinceSpot >= spotEverySeconds;
    const { cuff, sensors } = seen.see(numbers, due);
    if (sensors.length > 0) messagesSinceSpot = 0;
    const findings = [
      ...cuff.map((one) => findingOf(one, span, "nibp")),
      ...sensors.map((one) => findingOf(one, span, groupOf(one))),
    ];
    return [
      ...(findings.length > 0 ? [{ do: "report", receipt: ++receipt, findings } as const] : []),
      { do: "wake", afterMs: silentMs },
    ];
  }

  function settle(pieces: readonly Piece[]): readonly Action[] {
    return pieces.flatMap((piece): readonly Action[] =>
      piece.is === "frame"
        ? hear(piece.bytes, piece.span)
        : [{ do: "discard", span: piece.span, reason: piece.reason }],
    );
  }

  return {
    handle(event) {
      switch (event.on) {
        case "data":
          return settle(framer.push(event.bytes));
        case "wake":
          seen.interrupt();
          return settle(framer.flush("silence"));
        case "close":
          return settle(framer.flush("close"));
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

function groupOf({ channel }: Shown): string | undefined {
  return channel === "SPO2" || channel === "PR" ? "oximetry" : undefined;
}

function findingOf({ channel, text, flags }: Shown, span: Span, group: string | undefined): Finding {
  return {
    channel,
    value: { kind: "number", text },
    kind: "patient",
    ...(group === undefined ? {} : { group }),
    ...(flags.length > 0 ? { flags } : {}),
    span,
  };
}
