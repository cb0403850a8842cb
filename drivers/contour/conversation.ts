import type { Span } from "../../src/driver-kit/contract.ts";
import type { Conversation, Heard, Kept, Question, Visit } from "../../src/driver-kit/memory-session.ts";
import { numbered } from "../../src/driver-kit/numbered.ts";
import { control, type Message } from "./frames.ts";
import { reportsOf } from "./reports.ts";
import { meterOf, resultOf } from "./results.ts";

const waitMs = 1000;
/** How often a transfer is asked for, and how often a frame is. */
const most = 6;
/** How often the end of a transfer is acknowledged before the meter is left as it is. */
const mostEnds = 3;
/** More results than any of these meters is known to hold. */
const mostResults = 10_000;

type Framed = Extract<Message, { is: "frame" }>;

/** A transfer: header, patient, results, and an end without which nothing of it counts. */
export function* contour(visit: Visit): Conversation<Message> {
  const header = yield* begin(visit);
  if (header === undefined) return { is: "absent" };
  const meter = meterOf(header.reply.record);
  if (meter === undefined) {
    visit.discard(header.span, "malformed", "a header that names no meter");
    return { is: "absent" };
  }
  visit.meet(meter.serial);
  visit.identify(meter);

  const results: { readonly record: string; readonly span: Span }[] = [];
  let frame = header;
  for (;;) {
    const next = yield* frameAfter(frame.reply.number, visit);
    const type = next?.reply.record.charAt(0);
    if (next === undefined || type === "H" || results.length > mostResults) {
      for (const { span } of results) visit.discard(span, "cut");
      return { is: "cut" };
    }
    frame = next;
    if (type === "R") results.push({ record: next.reply.record, span: next.span });
    if (type === "L") break;
  }
  // A meter that is not let go stays in this mode.
  for (let tries = 0; tries < mostEnds; tries++) {
    const heard = yield send(control.ACK);
    if (heard?.reply.is === "control" && heard.reply.character === control.EOT) break;
  }
  const number = numbered();
  for (const { record, span } of results) keep(record, meter.serial, span, visit, number);
  return { is: "complete" };
}

function keep(record: string, serial: string, span: Span, visit: Visit, number: (finding: Kept) => Kept): void {
  const result = resultOf(record, serial, span);
  switch (result.is) {
    case "reading":
      visit.keep(number(result.finding));
      break;
    case "note":
      visit.discard(span, "not-a-reading");
      break;
    case "malformed":
      visit.discard(span, "malformed");
      break;
    default:
      result satisfies never;
  }
}

/** Asks for a transfer until the meter sends the header. ENQ is a meter that wants to begin; NAK one that was elsewhere. */
function* begin(visit: Visit): Generator<Question<Message>, Heard<Framed> | undefined, Heard<Message> | undefined> {
  let character: number = control.EOT;
  for (let tries = 0; tries < most; tries++) {
    const heard = yield send(character);
    character = character === control.EOT ? control.ACK : control.EOT;
    if (heard === undefined) continue;
    const { reply, span } = heard;
    switch (reply.is) {
      case "frame":
        if (reply.record.startsWith("H|")) return { reply, span };
        visit.discard(span, "unsolicited");
        character = control.EOT;
        break;
      case "control":
        character = reply.character === control.NAK ? control.EOT : control.ACK;
        break;
      case "bad":
        visit.discard(span, reply.reason);
        character = control.NAK;
        break;
      default:
        reply satisfies never;
    }
  }
  return undefined;
}

/** Acknowledges a frame and takes the next. One that is damaged or does not come is asked for again. */
function* frameAfter(
  number: number,
  visit: Visit,
): Generator<Question<Message>, Heard<Framed> | undefined, Heard<Message> | undefined> {
  let question = send(control.ACK);
  let inSilence: number = control.NAK;
  for (let tries = 0; tries <= most; tries++) {
    const heard = yield question;
    if (heard === undefined) {
      question = send(inSilence);
      inSilence = control.NAK;
      continue;
    }
    const { reply, span } = heard;
    switch (reply.is) {
      case "frame":
        if (reply.number === (number + 1) % 8) return { reply, span };
        if (reply.number === number) {
          visit.discard(span, "duplicate");
          question = send(control.ACK);
        } else {
          visit.discard(span, "malformed", "a frame out of its order");
          question = send(control.NAK);
        }
        break;
      case "control":
        if (reply.character === control.EOT) return undefined;
        // ENQ behind a header that filled its last report: it was acknowledged already, unless nothing comes.
        question = { ...send(control.ACK), writes: [] };
        inSilence = control.ACK;
        break;
      case "bad":
        visit.discard(span, reply.reason);
        question = send(control.NAK);
        break;
      default:
        reply satisfies never;
    }
  }
  return undefined;
}

/** One control character to the meter; whatever it answers is looked at. */
function send(character: number): Question<Message> {
  const writes = reportsOf(Uint8Array.of(character)).map((bytes) => ({ do: "write", bytes }) as const);
  return { writes, waitMs, accepts: () => true };
}
