import { z } from "zod";
import type { Action, Driver, Finding, Session, Span } from "../../src/driver-kit/contract.ts";
import type { Piece } from "../../src/driver-kit/framers/piece.ts";
import { offerAgain } from "../../src/driver-kit/offer-again.ts";
import { sensorContacts } from "../../src/driver-kit/sensor-contacts.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";
import { type Determination, determinations } from "./determinations.ts";
import { type Saturation, saturationOf } from "./oximeter.ts";
import { command, decode, type Reply, replyFramer } from "./reply.ts";

const options = z.strictObject({
  pollMs: z.number().int().min(1000).max(30_000).default(2000).describe("pause between a reply and the next question"),
  replyMs: z.number().int().min(500).max(10_000).default(2000).describe("how long to wait for a reply"),
  spotEverySeconds: z
    .number()
    .int()
    .min(0)
    .max(3600)
    .default(0)
    .describe("report SpO2 and its pulse so often; 0: once for each time that the sensor is put on"),
});

type Options = z.output<typeof options>;

/** Datascope Accutorr 3: asked for what it shows, every few seconds. Only reads. */
export const driver: Driver<Options> = {
  id: "accutorr-3",
  version: "1",
  input: "stream",
  integrity: "structure",
  options,
  session: (chosen) => offerAgain(session(chosen)),
};

/** So many questions in a row without a reply, and the sensor may be on somebody else. */
const missedIsGone = 3;

function session({ pollMs, replyMs, spotEverySeconds }: Options): Session {
  const framer = replyFramer();
  const cuff = determinations();
  const sensor = sensorContacts<Saturation>(2);
  let asked = false;
  let missed = 0;
  let unreadInARow = 0;
  let receipt = 0;
  let sinceSpotMs = 0;

  function ask(): readonly Action[] {
    asked = true;
    return [
      { do: "write", bytes: bytesOf(command) },
      { do: "wake", afterMs: replyMs },
    ];
  }

  function unread(): void {
    if (++unreadInARow >= missedIsGone) cuff.miss();
  }

  function hear(bytes: Uint8Array, span: Span): readonly Action[] {
    if (!asked) return [{ do: "discard", span, reason: "unsolicited" }];
    asked = false;
    const rest: Action = { do: "wake", afterMs: pollMs };
    const reply = decode(latin1(bytes));
    if (reply === undefined) {
      unread();
      return [{ do: "discard", span, reason: "malformed" }, rest];
    }
    missed = 0;
    unreadInARow = 0;
    const determination = cuff.see(reply);
    const due = spotEverySeconds > 0 && sinceSpotMs >= spotEverySeconds * 1000;
    const [saturation] = sensor.see(saturationOf(reply), { due, completed: determination !== undefined });
    if (saturation !== undefined) sinceSpotMs = 0;
    const findings = [
      ...(determination === undefined
        ? []
        : cuffFindings(determination, reply, span, 2 * missedIsGone * (pollMs + replyMs))),
      ...(saturation === undefined ? [] : sensorFindings(saturation, reply, span)),
    ];
    return findings.length > 0 ? [{ do: "report", receipt: ++receipt, findings }, rest] : [rest];
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
        case "open":
          return ask();
        case "data":
          return settle(framer.push(event.bytes));
        case "wake": {
          sinceSpotMs += asked ? replyMs : pollMs;
          if (asked) unread();
          if (asked && ++missed >= missedIsGone) sensor.interrupt();
          asked = false;
          return [...settle(framer.flush("silence")), ...ask()];
        }
        case "stored":
        case "refused":
          return [];
        case "close":
          asked = false;
          return settle(framer.flush("close"));
        default:
          return event satisfies never;
      }
    },
  };
}

/** `noticedMs`: so long it takes at most until two replies have shown a determination that came, some unread between. */
function cuffFindings(
  found: Determination,
  { saturation, rate, status }: Reply,
  span: Span,
  noticedMs: number,
): readonly Finding[] {
  // The monitor counts its age in minutes, cut off. One that came while it was watched is known better.
  const ageStepMs = found.appeared && found.minutes === 0 ? Math.min(noticedMs, 60_000) : 60_000;
  const finding = (channel: string, text: string): Finding => ({
    channel,
    value: { kind: "number", text },
    kind: "patient",
    group: "nibp",
    ageMs: found.minutes * 60_000,
    ageStepMs,
    flags: [`status ${status}`],
    span,
  });
  return [
    finding("SYS", found.systolic),
    finding("DIA", found.diastolic),
    ...(found.mean === undefined ? [] : [finding("MEAN", found.mean)]),
    ...(found.impossibleMean === undefined
      ? []
      : [
          {
            ...finding("MEAN", found.impossibleMean),
            value: { kind: "absent", reason: "failed", text: found.impossibleMean } as const,
          },
        ]),
    // With no saturation beside it the rate was not counted by the oximeter.
    ...(saturation === undefined && rate !== undefined ? [finding("PR", rate)] : []),
  ];
}

function sensorFindings({ channel, saturation, rate }: Saturation, { status }: Reply, span: Span): readonly Finding[] {
  const finding = (name: string, text: string): Finding => ({
    channel: name,
    value: { kind: "number", text },
    kind: "patient",
    group: "oximetry",
    flags: [`status ${status}`],
    span,
  });
  return [finding(channel, saturation), ...(rate === undefined ? [] : [finding("PR", rate)])];
}
