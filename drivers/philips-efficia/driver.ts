import { z } from "zod";
import type { Action, Driver, Finding, Session, Span } from "../../src/driver-kit/contract.ts";
import { envelope } from "../../src/driver-kit/framers/envelope.ts";
import { gap } from "../../src/driver-kit/framers/gap.ts";
import type { Framer, Piece } from "../../src/driver-kit/framers/piece.ts";
import { offerAgain } from "../../src/driver-kit/offer-again.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";
import { findingsOf } from "./findings.ts";
import { acknowledgement, query } from "./messages.ts";
import { decode, deviceTime, type State } from "./replies.ts";
import { sightings } from "./sightings.ts";

const options = z.strictObject({
  framing: z
    .enum(["mllp", "bare"])
    .default("mllp")
    .describe("MLLP blocks, or bare messages that are ended by half a second of silence"),
  pollMs: z.number().int().min(1000).max(60_000).default(2000).describe("pause between a reply and the next query"),
  replyMs: z.number().int().min(1000).max(30_000).default(5000).describe("how long to wait for a reply"),
  spotEverySeconds: z
    .number()
    .int()
    .min(0)
    .max(3600)
    .default(0)
    .describe("report what the sensors show so often; 0: once for each time they are put on"),
});

type Options = z.output<typeof options>;

/** Philips Efficia CM, "Serial Data Export": HL7 v2.4 queries and replies over RS-232. Only reads the present state. */
export const driver: Driver<Options> = {
  id: "philips-efficia",
  version: "1",
  input: "stream",
  integrity: "structure",
  options,
  session: (chosen) => offerAgain(session(chosen)),
};

const quietMs = 500;
const bound = 16_384;
/** So many queries in a row without a reply, and the sensors may be on somebody else. */
const missedIsGone = 3;
/** For so many stray replies a query waits longer for its own: they come one by one, and not for ever. */
const mostStrays = 3;

function session({ framing, pollMs, replyMs, spotEverySeconds }: Options): Session {
  const framer = replyFramer(framing);
  const seen = sightings();
  let asked: string | undefined;
  let queries = 0;
  let missed = 0;
  let receipt = 0;
  /** Reports that are not stored yet. */
  const open = new Set<number>();
  let sinceSpotMs = 0;
  /** Answers to other queries since the last one was put. */
  let strays = 0;
  /** What the alarm was set to last. */
  let setMs = 0;
  /** The monitor's own time, as it wrote it last. */
  let at: string | undefined;
  let serial: string | undefined;
  let met: string | undefined;
  /** The acknowledgement that waits for a report to be stored. */
  let owed: { readonly receipt: number; readonly state: State } | undefined;

  function write(message: string): Action {
    return { do: "write", bytes: bytesOf(framing === "mllp" ? `\x0b${message}\x1c\r` : message) };
  }

  function ask(): readonly Action[] {
    owed = undefined;
    strays = 0;
    asked = `VW${String(++queries % 100_000_000).padStart(8, "0")}`;
    return [write(query(asked, at)), alarm(replyMs)];
  }

  function rest(): Action {
    asked = undefined;
    missed = 0;
    return alarm(pollMs);
  }

  /** An answer to another query. The one that is due is still to come, and another query now would stay one ahead of it. */
  function stray(span: Span): readonly Action[] {
    const discarded: Action = { do: "discard", span, reason: "unsolicited" };
    return asked === undefined || ++strays > mostStrays ? [discarded] : [discarded, alarm(replyMs)];
  }

  function alarm(afterMs: number): Action {
    setMs = afterMs;
    return { do: "wake", afterMs };
  }

  function hear(bytes: Uint8Array, span: Span): readonly Action[] {
    const whole = latin1(bytes);
    const text = whole.startsWith("\x0b") ? whole.slice(1, -2) : whole;
    const reply = decode(text);
    if (reply === undefined)
      return [{ do: "discard", span, reason: "malformed" }, ...(asked === undefined ? [] : [rest()])];
    if (reply.is === "none") {
      if (asked === undefined || (reply.query !== "" && reply.query !== asked)) return stray(span);
      at = reply.at;
      seen.interrupt();
      const detail = reply.query === "" ? "the monitor does not accept the query" : "the monitor has no patient data";
      return [{ do: "discard", span, reason: "not-a-reading", detail }, rest()];
    }
    if (reply.query !== asked || reply.echo !== asked) return stray(span);
    return [...read(reply, span), rest()];
  }

  function read(state: State, span: Span): readonly Action[] {
    const id = asked ?? "";
    const due = spotEverySeconds > 0 && sinceSpotMs >= spotEverySeconds * 1000;
    const { determination, spot } = seen.see(state, due);
    if (spot.length > 0) sinceSpotMs = 0;
    at = state.at;
    // A serial number that only one reply has shown may be a damaged one.
    const known = serial === state.serial;
    serial = state.serial;

    const actions: Action[] = [];
    if (known && (met !== serial || determination.length > 0)) {
      met = serial;
      const clock = deviceTime(state.at);
      actions.push({
        do: "identify",
        identity: { manufacturer: "Philips", model: "Efficia CM", serial, clock },
      });
    }
    const findings: readonly Finding[] = findingsOf(state, determination, spot, span);
    if (findings.length > 0) {
      open.add(++receipt);
      owed = { receipt, state: { ...state, query: id } };
      return [...actions, { do: "report", receipt, findings }];
    }
    // A determination is not acknowledged before it is stored, and not stored before it was shown twice.
    return seen.waiting || open.size > 0 ? actions : [...actions, write(acknowledgement("AA", id, state))];
  }

  function answer(code: "AA" | "AE", to: number): readonly Action[] {
    if (owed?.receipt !== to) return [];
    const { state } = owed;
    owed = undefined;
    return [write(acknowledgement(code, state.query, state))];
  }

  function settle(pieces: readonly Piece[]): readonly Action[] {
    return pieces.flatMap((piece): readonly Action[] =>
      piece.is === "frame"
        ? hear(piece.bytes, piece.span)
        : [{ do: "discard", span: piece.span, reason: piece.reason }],
    );
  }

  function wake(): readonly Action[] {
    const resting = asked === undefined;
    sinceSpotMs += setMs;
    const left = settle(framer.flush("silence"));
    if (resting) return [...left, ...ask()];
    // The silence has just ended a reply: the one that was due, or another.
    if (asked === undefined || left.some((action) => action.do === "wake")) return left;
    if (++missed >= missedIsGone) seen.interrupt();
    return [...left, ...ask()];
  }

  return {
    handle(event) {
      switch (event.on) {
        case "open":
          return ask();
        case "data": {
          const actions = settle(framer.push(event.bytes));
          return framing === "bare" && asked !== undefined ? [...actions, alarm(quietMs)] : actions;
        }
        case "wake":
          return wake();
        case "stored":
          open.delete(event.receipt);
          return answer("AA", event.receipt);
        case "refused":
          return answer("AE", event.receipt);
        case "close":
          asked = undefined;
          return settle(framer.flush("close"));
        default:
          return event satisfies never;
      }
    },
  };
}

function replyFramer(framing: Options["framing"]): Framer {
  return framing === "bare" ? gap({ bound }) : envelope({ starts: ["\x0bMSH|^~\\&|"], ends: ["\x1c\r"], bound });
}
