import type { DiscardReason, Span } from "../../src/driver-kit/contract.ts";
import type { Conversation, Visit, Write } from "../../src/driver-kit/memory-session.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";
import { type Dump, dumpReader } from "./dump.ts";
import { type Line, serialNumber } from "./lines.ts";
import { type Dialect, findingOf, keyOf } from "./results.ts";

/** A meter takes a while to begin, then sends without a stop. */
const beginsWithinMs = 10_000;
const pauseMs = 4000;
/** More lines than a dump can have: its number of results has three digits. */
const mostLines = 1010;

const anyLine = () => true;
const command = (text: string): readonly Write[] => [{ do: "write", bytes: bytesOf(`${text}\r\n`) }];
const listen = { writes: [], waitMs: pauseMs, pauseMs, accepts: anyLine } as const;

/** A FreeStyle Lite knows one command to read: it tells everything. */
export function* freeStyleLite(visit: Visit): Conversation<Line> {
  return yield* download("$mem", "freestyle-lite", visit);
}

/** A FreeStyle Optium tells who it is first. */
export function* optium(visit: Visit): Conversation<Line> {
  let serial: string | undefined;
  const first = { writes: command("$colq"), waitMs: 1000, pauseMs: 1000, accepts: anyLine };
  for (let heard = yield first; heard !== undefined; heard = yield { ...listen, waitMs: 1000, pauseMs: 1000 }) {
    const { text } = heard.reply;
    const [, named = ""] = /^S\/N:\t(\S+)$/.exec(text) ?? [];
    if (serialNumber.test(named)) serial = named;
    if (text === "CMD OK") break;
    if (text === "CMD Fail!") return { is: "absent" };
  }
  if (serial === undefined) return { is: "absent" };
  if (!visit.meet(serial)) return { is: "present" };
  const ending = yield* download("$xmem", "optium", visit);
  // The meter closes with CMD OK, which says nothing more.
  if (ending.is === "complete") yield { ...listen, waitMs: 500, accepts: ({ text }) => text === "CMD OK" };
  return ending;
}

function* download(asks: string, dialect: Dialect, visit: Visit): Conversation<Line> {
  const read = dumpReader(dialect);
  const spans: Span[] = [];
  const refuse = (reason: DiscardReason) => {
    for (const span of spans) visit.discard(span, reason);
    return { is: spans.length === 0 ? "absent" : "cut" } as const;
  };

  const first = { writes: command(asks), waitMs: beginsWithinMs, pauseMs, accepts: anyLine };
  let lines = 0;
  for (let heard = yield first; heard !== undefined; heard = yield listen) {
    const reading = read(heard.reply, heard.span);
    if (reading.is === "whole") {
      keepAll(reading.dump, visit);
      return { is: "complete" };
    }
    const last = spans.at(-1);
    if (last?.to === heard.span.from) spans[spans.length - 1] = { from: last.from, to: heard.span.to };
    else spans.push(heard.span);
    if (reading.is === "bad") return refuse(reading.reason);
    if (++lines > mostLines) return refuse("too-long");
  }
  return refuse("cut");
}

/**
 * Results are told to the minute. Two of one minute that say the same are told apart by their order, counted from the
 * oldest, so that a newer one changes no older one's name.
 */
function keepAll({ serial, firmware, clock, results }: Dump, visit: Visit): void {
  visit.meet(serial);
  visit.identify({ manufacturer: "Abbott", serial, firmware, clock });
  const times = new Map<string, number>();
  for (const { result, span } of [...results].reverse()) {
    const key = keyOf(result);
    const n = (times.get(key) ?? 0) + 1;
    times.set(key, n);
    visit.keep(findingOf(result, `${serial} ${key}${n === 1 ? "" : ` #${n}`}`, span));
  }
}
