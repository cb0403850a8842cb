import type { Span } from "../../src/driver-kit/contract.ts";
import type { Conversation, Heard, Question, Visit, Write } from "../../src/driver-kit/memory-session.ts";
import { latin1 } from "../../src/driver-kit/text.ts";
import { type Command, count, dataOf, end, isNo, isOk, lengthOf, reading, version } from "./commands.ts";
import { readingOf } from "./readings.ts";
import { choose, type modes, outputs, type Payload, wakeUp } from "./reports.ts";

const waitMs = 1000;
const wakeTries = 6;
const tries = 4;
const banks = [0, 1] as const;

interface Answer {
  readonly data: Uint8Array;
  readonly span: Span;
}

type Talk<T> = Generator<Question<Payload>, T, Heard<Payload> | undefined>;

/** Model first, then each bank's readings from the newest; the end is said in any case once the monitor has answered. */
export function* readMonitor(visit: Visit): Conversation<Payload> {
  if (!(yield* enter("information"))) return { is: "absent" };
  const farewell = outputs(end);
  const said = yield* exchange(visit, version);
  if (said === undefined) return { is: "absent", farewell };
  const [model, firmware] = latin1(said.data).split(" ");
  visit.meet(`${model} ${firmware}`);
  visit.identify({
    manufacturer: "Omron",
    ...(model === undefined ? {} : { model }),
    ...(firmware === undefined ? {} : { firmware }),
  });

  if (!(yield* enter("readings"))) return { is: "cut", farewell };
  for (const bank of banks) {
    const counted = yield* exchange(visit, count(bank));
    if (counted === undefined) return { is: "cut", farewell };
    const stored = counted.data[3] ?? 0;
    for (let index = 0; index < stored; index++) {
      const answer = yield* exchange(visit, reading(bank, index));
      if (answer === undefined) return { is: "cut", farewell };
      const findings = readingOf(answer.data, bank, answer.span);
      if (findings === undefined) visit.discard(answer.span, "malformed");
      else visit.keep(...findings);
    }
  }
  return { is: "complete", farewell };
}

/** Chooses a mode and wakes the monitor until it says OK. */
function* enter(mode: keyof typeof modes): Talk<boolean> {
  let first: readonly Write[] = [choose(mode)];
  for (let i = 0; i < wakeTries; i++) {
    const heard = yield { writes: [...first, ...wakeUp], waitMs, accepts: isOk };
    first = [];
    if (heard !== undefined) return true;
  }
  return false;
}

/** The data of a command's answer. "NO" means not yet: the same command is put again, and so after a damaged answer. */
function* exchange(visit: Visit, command: Command): Talk<Answer | undefined> {
  for (let i = 0; i < tries; i++) {
    const { parts, fault } = yield* listen(visit, command);
    if (fault === undefined) {
      const data = dataOf(joined(parts));
      const [first] = parts;
      const last = parts.at(-1);
      if (data !== undefined && first !== undefined && last !== undefined)
        return { data, span: { from: first.span.from, to: last.span.to } };
    }
    for (const { span } of parts) visit.discard(span, fault ?? "checksum");
  }
  return undefined;
}

interface Listened {
  readonly parts: readonly Heard<Payload>[];
  /** Why they are no whole answer. */
  readonly fault?: "not-a-reading" | "malformed" | "cut";
}

/** Puts a command and gathers the reports of its answer, up to its length. */
function* listen(visit: Visit, command: Command): Talk<Listened> {
  const length = lengthOf(command.data);
  const parts: Heard<Payload>[] = [];
  let writes: readonly Write[] = outputs(command.bytes);
  for (;;) {
    const heard: Heard<Payload> | undefined = yield { writes, waitMs, accepts: () => true };
    writes = [];
    if (heard === undefined) return { parts, fault: "cut" };
    if (heard.reply.length === 0 && parts.length === 0) {
      // Garbage before the answer takes nothing from it.
      visit.discard(heard.span, "malformed");
      continue;
    }
    parts.push(heard);
    const sofar = joined(parts);
    if (heard.reply.length === 0 || sofar.length > length) return { parts, fault: "malformed" };
    if (isNo(sofar)) return { parts, fault: "not-a-reading" };
    if (sofar.length === length) return { parts };
  }
}

function joined(parts: readonly Heard<Payload>[]): Uint8Array {
  return Uint8Array.from(parts.flatMap(({ reply }) => [...reply]));
}
