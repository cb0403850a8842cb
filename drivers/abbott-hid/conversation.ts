import type { Span } from "../../src/driver-kit/contract.ts";
import { ask, type Conversation, type Heard, type Question, type Visit } from "../../src/driver-kit/memory-session.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";
import { type Reply, recordsOf } from "./answers.ts";
import { reportOf, types } from "./reports.ts";
import { type Dialect, deviceTime, findingOf } from "./results.ts";

type Asking<T> = Generator<Question<Reply>, T | undefined, Heard<Reply> | undefined>;

const waitMs = 2000;
/** A full memory is some seven hundred reports. */
const downloadMs = 30_000;

const models: Readonly<Record<Dialect, string>> = {
  neo: "FreeStyle Precision Neo, Optium Neo",
  insulinx: "FreeStyle InsuLinx",
};

/** No two of these answers have the same form, so that one that comes late is not taken for another. */
const questions = {
  serial: question("$serlnum?", /^[0-9A-Z-]{6,20}$/),
  firmware: question("$swver?", /^[0-9A-Za-z]+(?:[. ][0-9A-Za-z. ]*)$/),
  date: question("$date?", /^[0-9]{1,3},[0-9]{1,3},[0-9]{1,3}$/),
  time: question("$time?", /^[0-9]{1,3},[0-9]{1,3}$/),
} as const;

/** Greets the meter, asks who it is, its clock, and all results at once. */
export function* textMeter(visit: Visit, dialect: Dialect): Conversation<Reply> {
  const begun = yield ask(reportOf(types.begin), waitMs, (reply) => reply.is === "begun");
  if (begun === undefined) return { is: "absent" };
  const serial = yield* line(visit, questions.serial);
  if (serial === undefined) return { is: "absent" };
  if (!visit.meet(serial)) return { is: "present" };

  const firmware = yield* line(visit, questions.firmware);
  if (firmware === undefined) return { is: "cut" };
  const date = yield* line(visit, questions.date);
  if (date === undefined) return { is: "cut" };
  const time = yield* line(visit, questions.time);
  if (time === undefined) return { is: "cut" };
  visit.identify({
    manufacturer: "Abbott",
    model: models[dialect],
    serial,
    firmware,
    clock: deviceTime(date.split(","), time.split(",")),
  });

  const heard = yield* sound(visit, ask(command("$result?"), downloadMs, isText));
  const records = heard === undefined ? undefined : recordsOf(heard.lines);
  if (heard === undefined) return { is: "cut" };
  if (records === undefined) {
    visit.discard(heard.span, "malformed");
    return { is: "cut" };
  }
  // All of one frame, and told as one: they share its span.
  const results = records.flatMap((record) => findingOf(record, dialect, serial, heard.span) ?? []);
  const [first, ...others] = results;
  if (first !== undefined) visit.keep(first, ...others);
  return { is: "complete" };
}

/** The one line of an answer. */
function* line(visit: Visit, asked: Question<Reply>): Asking<string> {
  return (yield* sound(visit, asked))?.lines[0];
}

/** A text as it was asked for; one whose sum is wrong is none. */
function* sound(
  visit: Visit,
  asked: Question<Reply>,
): Asking<{ readonly lines: readonly string[]; readonly span: Span }> {
  const heard = yield { ...asked, accepts: (reply) => reply.is === "damaged" || asked.accepts(reply) };
  if (heard?.reply.is === "damaged") visit.discard(heard.span, "checksum");
  return heard?.reply.is === "text" ? { lines: heard.reply.lines, span: heard.span } : undefined;
}

function question(text: string, form: RegExp): Question<Reply> {
  return ask(
    command(text),
    waitMs,
    (reply) => reply.is === "text" && reply.lines.length === 1 && form.test(reply.lines[0] ?? ""),
  );
}

function command(text: string): Uint8Array {
  return reportOf(types.text, bytesOf(`${text}\r\n`));
}

const isText = (reply: Reply): boolean => reply.is === "text";
