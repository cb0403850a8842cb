import { hex } from "../../src/driver-kit/checksums.ts";
import type { Conversation, Exchange, Heard, Question, Visit } from "../../src/driver-kit/memory-session.ts";
import { numbered } from "../../src/driver-kit/numbered.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";
import { control, type Reply } from "./replies.ts";
import { clockOf, findingOf, resultLength } from "./results.ts";

const waitMs = 2000;
const headerMs = 5000;
/** So long a meter says no more, and hears what comes next. */
const quietMs = 50;
/** Asked so often for two answers that are the same, or to change its mode. */
const mostTries = 4;
/** More of anything than belongs to one answer. */
const mostOthers = 20;
/** More than any of these meters is known to hold; more is no count. */
const mostResults = 1000;

type Answer = Extract<Reply, { is: "answer" }>;
type Asking<T> = Generator<Question<Reply>, T | undefined, Heard<Reply> | undefined>;

/** Takes a meter's header, then into the mode in which it answers commands, and asks it for each of its results. */
export function* arkray(visit: Visit): Conversation<Reply> {
  const named = yield* header(visit);
  if (named === undefined) return { is: "absent" };
  const { serial, model } = named;
  if (!visit.meet(serial)) return { is: "present" };
  if (!(yield* enter(visit))) return { is: "cut" };

  const counted = yield* twice(visit, "M|", /^[0-9]{1,4}$/);
  const time = counted && (yield* twice(visit, "T|", /^[0-9]{4}$/));
  const date = time && (yield* twice(visit, "D|", /^[0-9]{6}$/));
  if (counted === undefined || time === undefined || date === undefined) return { is: "cut" };
  visit.identify({
    manufacturer: "Arkray",
    ...(model === "" ? {} : { model }),
    serial,
    clock: clockOf(date.reply.digits, time.reply.digits),
  });

  const count = Number(counted.reply.digits);
  if (count > mostResults) {
    visit.discard(counted.span, "malformed", `${count} results`);
    return { is: "cut" };
  }
  const number = numbered();
  let refused = 0;
  for (let index = count - 1; index >= 0; index--) {
    const result = yield* record(visit, index);
    if (result === undefined) return { is: "cut" };
    if (result.reply.is === "control") {
      // It has left the mode. One that it refuses twice, it does not have.
      if (!(yield* enterAgain(visit))) return { is: "cut" };
      refused = (refused + 1) % 2;
      index += refused;
      continue;
    }
    refused = 0;
    const finding = findingOf(result.reply.digits, serial, result.span);
    if (finding === undefined) {
      visit.discard(result.span, "malformed");
      return { is: "cut" };
    }
    visit.keep(number(finding));
  }
  return { is: "complete" };
}

/** What the meter says of itself when it begins to report: the fifth field is `model^…^serial`. */
function* header(visit: Visit): Asking<{ readonly serial: string; readonly model: string }> {
  const begun = yield* send(visit, [control.eot], () => true);
  if (begun === undefined) return undefined;
  for (let n = 0; n < mostTries; n++) {
    const heard = yield* send(visit, [control.ack], isHeaderOrEnquiry, headerMs);
    if (heard === undefined) return undefined;
    if (heard.reply.is !== "header") continue;
    const [, model = "", serial] =
      /^[0-7]?H(?:\|[^|]*){3}\|([^|^]{0,40})\^[^|^]*\^([0-9A-Za-z-]{4,20})(?:[|^\r]|$)/.exec(heard.reply.text) ?? [];
    if (serial !== undefined) return { serial, model: model.trim() };
    visit.discard(heard.span, "malformed");
    return undefined;
  }
  return undefined;
}

const isHeaderOrEnquiry = (reply: Reply): boolean => reply.is === "header" || isControl(control.enq)(reply);

/** Into the mode in which the meter answers commands. */
function* enter(visit: Visit): Generator<Question<Reply>, boolean, Heard<Reply> | undefined> {
  for (let n = 0; n < mostTries; n++) {
    if ((yield* send(visit, [control.command], isControl(control.eot))) === undefined) continue;
    if ((yield* send(visit, [control.enq], isControl(control.ack))) !== undefined) return true;
  }
  return false;
}

function* enterAgain(visit: Visit): Generator<Question<Reply>, boolean, Heard<Reply> | undefined> {
  yield* send(visit, [control.ack], () => true);
  yield* send(visit, [control.ack], () => true);
  return yield* enter(visit);
}

/** Nothing guards a number without check digits, so it counts only when it has come twice. */
function* twice(visit: Visit, command: string, form: RegExp): Asking<Heard<Answer>> {
  let before: Heard<Answer> | undefined;
  for (let n = 0; n < mostTries; n++) {
    if ((yield* send(visit, bytesOf("R|"), isControl(control.ack))) === undefined) return undefined;
    const heard = yield* send(visit, bytesOf(command), (reply) => reply.is === "answer" && form.test(reply.digits));
    if (heard?.reply.is !== "answer") return undefined;
    const found = { reply: heard.reply, span: heard.span };
    if (found.reply.digits === before?.reply.digits && found.reply.tag === before.reply.tag) return found;
    before = found;
  }
  return undefined;
}

/** A stored result, or NAK where the meter has none of that number. */
function* record(visit: Visit, index: number): Asking<Heard<Answer | Extract<Reply, { is: "control" }>>> {
  const isNak = isControl(control.nak);
  if ((yield* send(visit, bytesOf("R|"), isControl(control.ack))) === undefined) return undefined;
  if ((yield* send(visit, bytesOf("N|"), isControl(control.ack))) === undefined) return undefined;
  const heard = yield* send(visit, bytesOf(`${hex(index, 3)}|`), (reply) => isNak(reply) || isResult(reply));
  if (heard?.reply.is !== "answer" && heard?.reply.is !== "control") return undefined;
  return { reply: heard.reply, span: heard.span };
}

const isResult = (reply: Reply): boolean =>
  reply.is === "answer" && reply.tag === "D" && reply.guarded && reply.digits.length >= resultLength;

function isControl(byte: number): (reply: Reply) => boolean {
  return (reply) => reply.is === "control" && reply.byte === byte;
}

/**
 * Sends, and waits for what answers it; where that is more than a byte, hears the meter out. What stands before the answer
 * is passed over.
 */
function* send(
  visit: Visit,
  bytes: ArrayLike<number>,
  isAnswer: (reply: Reply) => boolean,
  forMs = waitMs,
): Exchange<Reply> {
  let answer: Heard<Reply> | undefined;
  let heard = yield { ...listen(forMs), writes: [{ do: "write", bytes: Uint8Array.from(bytes) }] };
  for (let n = 0; heard !== undefined && n < mostOthers; n++) {
    if (answer === undefined && heard.reply.is !== "blank" && isAnswer(heard.reply)) {
      answer = heard;
      if (answer.reply.is === "control") break;
    } else if (heard.reply.is === "damaged") visit.discard(heard.span, "checksum");
    else if (heard.reply.is !== "blank") visit.discard(heard.span, "unsolicited");
    heard = yield listen(answer === undefined ? forMs : quietMs);
  }
  return answer;
}

function listen(forMs: number): Question<Reply> {
  return { writes: [], waitMs: forMs, accepts: () => true };
}
