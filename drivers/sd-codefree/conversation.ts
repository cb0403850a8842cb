import { ask, type Conversation, type Heard, type Question, type Visit } from "../../src/driver-kit/memory-session.ts";
import { numbered } from "../../src/driver-kit/numbered.ts";
import { type Reply, requests } from "./packets.ts";
import { findingOf } from "./results.ts";

const idleMs = 60_000;
const waitMs = 2000;
/** Greeted so often by a meter that did not hear the answer. */
const mostGreetings = 4;
/** More than the meter is known to hold. */
const mostResults = 2000;
/** After so many results in a row that do not come, the meter is gone. */
const mostMissing = 3;

type Result = Extract<Reply, { is: "result" }>;

/** Waits until a meter is switched on, and reads all that it has; from the beginning where it is switched on meanwhile. */
export function* codefree(visit: Visit): Conversation<Reply> {
  let greeting: Heard<Reply> | undefined;
  while (greeting === undefined) greeting = yield { writes: [], waitMs: idleMs, accepts: isHello };
  for (;;) {
    const read = yield* memory(visit);
    if (read === "greeted") continue;
    keepAll(read.results, visit);
    return { is: read.isWhole ? "complete" : "cut" };
  }
}

type Read = { readonly isWhole: boolean; readonly results: readonly Heard<Result>[] } | "greeted";

/** Asks for results, the newest first, until there is no other. */
function* memory(visit: Visit): Generator<Question<Reply>, Read, Heard<Reply> | undefined> {
  const count = yield* greet();
  if (count === undefined) return { isWhole: false, results: [] };
  visit.identify({ manufacturer: "SD Biosensor", model: "CodeFree" });

  const results: Heard<Result>[] = [];
  let missing = 0;
  for (let inRow = 0; inRow < mostMissing && results.length + missing < mostResults; ) {
    const heard = yield ask(requests.next, waitMs, ({ is }) => is !== "count");
    if (heard?.reply.is === "hello") return "greeted";
    if (heard?.reply.is === "closed") break;
    if (heard?.reply.is === "result") {
      results.push({ reply: heard.reply, span: heard.span });
      inRow = 0;
    } else {
      // Beyond the last one silence is no loss: the meter is gone already.
      if (results.length + missing >= count) break;
      missing++;
      inRow++;
    }
  }
  return { isWhole: results.length >= count, results };
}

/** Answers the greeting; the meter then tells how many results it has. */
function* greet(): Generator<Question<Reply>, number | undefined, Heard<Reply> | undefined> {
  for (let n = 0; n < mostGreetings; n++) {
    const heard = yield ask(requests.answer, waitMs, (reply) => reply.is === "count" || isHello(reply));
    if (heard === undefined) return undefined;
    if (heard.reply.is === "count") return heard.reply.count;
  }
  return undefined;
}

/** Results are told to the minute, with no number: those that are the same are numbered from the oldest. */
function keepAll(results: readonly Heard<Result>[], visit: Visit): void {
  const number = numbered();
  for (const { reply, span } of [...results].reverse()) visit.keep(number(findingOf(reply.message, span)));
}

const isHello = ({ is }: Reply): boolean => is === "hello";
