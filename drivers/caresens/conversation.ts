import { openUart, uartWrites } from "../../src/driver-kit/cp2110.ts";
import type {
  Conversation,
  Exchange,
  Heard,
  Kept,
  Question,
  Visit,
  Write,
} from "../../src/driver-kit/memory-session.ts";
import { latin1 } from "../../src/driver-kit/text.ts";
import { encodeFrame, protocols, type Reply } from "./frames.ts";
import { findingOf, resultLength, timeOf } from "./results.ts";

const baudRate = 9600;
const waitMs = 1000;
const ping = 0x80;
/** The most results of one answer. */
const mostAtOnce = 27;
/** More than any of these meters is known to hold; more is no count. */
const mostResults = 5000;
/** Asked so often for two answers that are the same. */
const mostAnswers = 4;

type Frame = Extract<Reply, { is: "frame" }>;

/** Conversations of one connection; the first of them sets up the UART. */
export function careSens(): (visit: Visit) => Conversation<Reply> {
  let setUp: readonly Write[] = openUart(baudRate);
  return function* (visit) {
    const first = setUp;
    setUp = [];
    return yield* read(visit, first);
  };
}

function* read(visit: Visit, first: readonly Write[]): Conversation<Reply> {
  const pinged = yield {
    writes: [...first, ...uartWrites(Uint8Array.of(ping))],
    waitMs,
    accepts: ({ is }) => is === "protocol",
  };
  if (pinged?.reply.is !== "protocol") return { is: "absent" };
  if (pinged.reply.byte !== protocols.frames) {
    visit.discard(pinged.span, "not-a-reading", "the meter speaks another protocol, which is not supported");
    return { is: "absent" };
  }

  const named = frameOf(yield* request("RSNB", [], (payload) => /^[0-9A-Za-z]{6,20}[\0 ]*$/.test(latin1(payload))));
  if (named === undefined) return { is: "absent" };
  const serial = /^[0-9A-Za-z]+/.exec(latin1(named.reply.payload))?.[0] ?? "";
  if (!visit.meet(serial)) return { is: "present" };

  const clock = frameOf(yield* request("RTIM", [], ({ length }) => length === 6));
  const counted = clock && frameOf(yield* request("NCOT", [], ({ length }) => length === 2));
  if (clock === undefined || counted === undefined) return { is: "cut" };
  visit.identify({ manufacturer: "i-SENS", serial, clock: timeOf(clock.reply.payload) });

  const [countHigh = 0, countLow = 0] = counted.reply.payload;
  const count = (countHigh << 8) | countLow;
  if (count > mostResults) {
    visit.discard(counted.span, "malformed", `${count} results`);
    return { is: "cut" };
  }
  for (let from = 1; from <= count; from += mostAtOnce) {
    const some = yield* results(from, Math.min(mostAtOnce, count - from + 1));
    if (some === undefined) return { is: "cut" };
    keepAll(some, serial, visit);
  }
  return { is: "complete" };
}

/** A frame's results share its span, for a result may begin in one report and end in the next. */
function keepAll({ reply: { payload }, span }: Heard<Frame>, serial: string, visit: Visit): void {
  const found = new Map<string, Kept>();
  for (let at = 0; at < payload.length; at += resultLength) {
    const finding = findingOf(payload.subarray(at, at + resultLength), serial, span);
    found.set(finding.identity, finding);
  }
  const [first, ...others] = found.values();
  if (first !== undefined) visit.keep(first, ...others);
}

/** Results have no checksum that holds: an answer counts only when it has come twice in a row in the same bytes. */
function* results(
  from: number,
  count: number,
): Generator<Question<Reply>, Heard<Frame> | undefined, Heard<Reply> | undefined> {
  let before: Heard<Frame> | undefined;
  for (let n = 0; n < mostAnswers; n++) {
    const isWhole = ({ length }: Uint8Array) => length === count * resultLength;
    const heard = frameOf(yield* request("GLUE", [from >> 8, from & 0xff, count], isWhole));
    if (heard === undefined) return undefined;
    if (before !== undefined && latin1(heard.reply.payload) === latin1(before.reply.payload)) return heard;
    before = heard;
  }
  return undefined;
}

function* request(
  command: string,
  payload: readonly number[],
  isAnswer: (payload: Uint8Array) => boolean,
): Exchange<Reply> {
  return yield {
    writes: uartWrites(encodeFrame(command, payload)),
    waitMs,
    accepts: (reply) => reply.is === "frame" && reply.command === command && isAnswer(reply.payload),
  };
}

function frameOf(heard: Heard<Reply> | undefined): Heard<Frame> | undefined {
  return heard?.reply.is === "frame" ? { reply: heard.reply, span: heard.span } : undefined;
}
