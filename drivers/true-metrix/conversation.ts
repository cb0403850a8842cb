import {
  ask,
  type Conversation,
  type Exchange,
  type Heard,
  type Question,
  type Visit,
} from "../../src/driver-kit/memory-session.ts";
import { numbered } from "../../src/driver-kit/numbered.ts";
import { type Reply, requestReport } from "./messages.ts";
import { clockOf, findingOf, listSum, resultDigits, type Stored, sumOf } from "./results.ts";

const waitMs = 2000;
/** A list that pauses for so long is at its end. */
const pauseMs = 2000;
/** So long a meter says no more, and hears the next request. */
const quietMs = 150;
const offMs = 500;
/** More messages that answer nothing than any answer brings. */
const mostOthers = 20;
/** More results than any of these meters can hold. */
const mostResults = 4000;

const models: Readonly<Record<string, string>> = {
  MR2: "TRUE METRIX",
  RC2: "TRUE METRIX GO",
  BLU: "TRUE METRIX AIR",
};

const serialForm = /^z1([0-9A-Z]{4,16})$/;
const firmwareForm = /^v([ -~]{1,20})$/;
const clockForm = /^t([0-9]{12})$/;

/** Wakes the meter, asks who it is and for all its results, and lets it sleep again. */
export function* trueMetrix(visit: Visit): Conversation<Reply> {
  // It says so when it wakes, or was awake and says nothing.
  yield* answer(visit, "^", /^\^/);
  const code = (yield* answer(visit, "I", /^i([0-9A-Z]{3})$/))?.[1];
  if (code === undefined) return { is: "absent" };
  const model = models[code];
  const serial = model === undefined ? undefined : (yield* answer(visit, "Z1", serialForm))?.[1];
  if (model === undefined || serial === undefined) {
    yield* sleep(visit);
    return { is: "absent" };
  }
  if (!visit.meet(serial)) {
    yield* sleep(visit);
    return { is: "present" };
  }

  const firmware = (yield* answer(visit, "V", firmwareForm))?.[1];
  const clock = (yield* answer(visit, "T", clockForm))?.[1];
  visit.identify({
    manufacturer: "Trividia",
    model,
    serial,
    ...(firmware === undefined ? {} : { firmware }),
    ...(clock === undefined ? {} : { clock: clockOf(clock) }),
  });

  const results = yield* list(visit);
  if (results !== undefined) keepAll(results, serial, visit);
  yield* sleep(visit);
  return { is: results === undefined ? "cut" : "complete" };
}

/** The answer to a request; other messages before it, such as one that came twice, are passed over. */
function* answer(
  visit: Visit,
  request: string,
  form: RegExp,
): Generator<Question<Reply>, RegExpExecArray | undefined, Heard<Reply> | undefined> {
  let heard = yield ask(requestReport(request), waitMs, anything);
  for (let n = 0; heard !== undefined && n < mostOthers; n++) {
    const found = heard.reply.is === "message" ? form.exec(heard.reply.text) : null;
    if (found !== null) {
      yield* settle(visit, quietMs);
      return found;
    }
    if (heard.reply.is === "message") visit.discard(heard.span, "not-a-reading");
    heard = yield listen(waitMs);
  }
  return undefined;
}

/** All results, once their sum is right; nothing where it is not, or is missing. */
function* list(visit: Visit): Generator<Question<Reply>, readonly Stored[] | undefined, Heard<Reply> | undefined> {
  const results: Stored[] = [];
  let sum: string | undefined;
  let heard = yield { ...ask(requestReport("G"), waitMs, anything), pauseMs };
  while (heard !== undefined && results.length < mostResults) {
    const text = heard.reply.is === "message" ? heard.reply.text : undefined;
    const digits = text === undefined ? undefined : resultDigits(text);
    if (digits !== undefined) results.push({ digits, span: heard.span });
    else if (text !== undefined) {
      const told = listSum(text);
      if (told === undefined) visit.discard(heard.span, "not-a-reading");
      else sum = told;
    }
    heard = yield listen(pauseMs);
  }
  if (sum === sumOf(results)) return results;
  for (const { span } of results) visit.discard(span, sum === undefined ? "cut" : "checksum");
  return undefined;
}

/**
 * Results are told to the minute, with no number: those that are the same are told apart by how many there are, counted
 * from the oldest. The newest comes first.
 */
function keepAll(results: readonly Stored[], serial: string, visit: Visit): void {
  const number = numbered();
  for (const result of [...results].reverse()) visit.keep(number(findingOf(result, serial)));
}

/** What ends a visit: the meter would stay awake and wear down its battery. It answers before it sleeps. */
function* sleep(visit: Visit): Exchange<Reply> {
  yield ask(requestReport("_"), offMs, (reply) => reply.is === "message" && reply.text === "_");
  return yield* settle(visit, quietMs);
}

/** Hears the meter out: an answer may come twice. */
function* settle(visit: Visit, forMs: number): Exchange<Reply> {
  for (let n = 0; n < mostOthers; n++) {
    const heard = yield listen(forMs);
    if (heard === undefined) return undefined;
    if (heard.reply.is === "message") visit.discard(heard.span, "duplicate");
  }
  return undefined;
}

const anything = (): boolean => true;

function listen(forMs: number): Question<Reply> {
  return { writes: [], waitMs: forMs, pauseMs: forMs, accepts: anything };
}
