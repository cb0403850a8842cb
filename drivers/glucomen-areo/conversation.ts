import type { Conversation, Heard, Question, Visit } from "../../src/driver-kit/memory-session.ts";
import { numbered } from "../../src/driver-kit/numbered.ts";
import { type Block, block, type Line } from "./blocks.ts";
import { findingOf } from "./results.ts";

const tellWho = 0xa2;
const tellResults = 0x80;
const beginsWithinMs = 2000;
/** A block that pauses for so long was cut; after one, no other follows. */
const pauseMs = 1000;

const question = (command: number): Question<Line> => ({
  writes: [{ do: "write", bytes: Uint8Array.of(command) }],
  waitMs: beginsWithinMs,
  pauseMs,
  accepts: () => true,
});

/** Asks a meter who it is, then for its results. */
export function* areo(visit: Visit): Conversation<Line> {
  const named = yield* block(question(tellWho), pauseMs);
  if (named === undefined) return { is: "absent" };
  if (named.is === "bad") return refuse(named, "absent", visit);
  const [line] = named.lines;
  const [, serial, firmware] =
    /^ *[^,]*,[^,]*,[^,]*, *([0-9A-Za-z-]{4,20}), *([ -~]{0,20})$/.exec(line?.reply.text ?? "") ?? [];
  if (line === undefined || serial === undefined || named.lines.length !== 1) {
    for (const { span } of named.lines) visit.discard(span, "malformed");
    return { is: "absent" };
  }
  if (!visit.meet(serial)) return { is: "present" };
  const version = (firmware ?? "").trim();
  visit.identify({
    manufacturer: "Menarini",
    model: "GlucoMen areo",
    serial,
    ...(version === "" ? {} : { firmware: version }),
  });

  let whole = true;
  let any = false;
  const results: Heard<Line>[] = [];
  const more: Question<Line> = { writes: [], waitMs: pauseMs, pauseMs, accepts: () => true };
  for (
    let read = yield* block(question(tellResults), pauseMs);
    read !== undefined;
    read = yield* block(more, pauseMs)
  ) {
    any = true;
    if (read.is === "whole") results.push(...read.lines);
    else {
      refuse(read, "cut", visit);
      whole = false;
    }
    if (results.length > mostResults) break;
  }
  keepAll(results, serial, visit);
  return { is: any && whole ? "complete" : "cut" };
}

/** More results than the meter can hold. */
const mostResults = 2000;

/**
 * Results are told to the minute, with no number. Two that are the same are told apart by their order, counted from the
 * oldest, so that a newer one changes no older one's name. The newest comes first.
 */
function keepAll(results: readonly Heard<Line>[], serial: string, visit: Visit): void {
  const number = numbered();
  for (const { reply, span } of [...results].reverse()) {
    const finding = findingOf(reply.text, serial, span);
    if (finding === undefined) visit.discard(span, "malformed");
    else visit.keep(number(finding));
  }
}

function refuse(read: Extract<Block, { is: "bad" }>, is: "absent" | "cut", visit: Visit) {
  for (const span of read.spans) visit.discard(span, read.reason);
  return { is };
}
