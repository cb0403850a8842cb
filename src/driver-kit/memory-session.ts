import { z } from "zod";
import type { DeviceIdentity } from "../model/device.ts";
import type { Action, DiscardReason, Finding, Session, Span } from "./contract.ts";
import { inSlices } from "./framers/in-slices.ts";
import type { Framer, Piece } from "./framers/piece.ts";
import { Sum } from "./in-sum.ts";

/** How often a meter with a memory is looked for and read; options of each driver that reads one. */
export const memoryOptions = {
  askEverySeconds: z.number().int().min(1).max(600).default(5).describe("how often to ask whether a meter is there"),
  downloadEveryMinutes: z
    .number()
    .int()
    .min(1)
    .max(1440)
    .default(5)
    .describe("how often to read a meter again that stays connected"),
} as const;

export interface MemoryPace {
  readonly askEverySeconds: number;
  readonly downloadEveryMinutes: number;
}

export type Write = Extract<Action, { do: "write" }>;

/** A frame that the driver understood, and where it stood. */
export interface Heard<R> {
  readonly reply: R;
  readonly span: Span;
}

/** What is sent, and what answers it. Any other reply means that the two are out of step: the question has failed. */
export interface Question<R> {
  /** Empty: only listens for what comes next. */
  readonly writes: readonly Write[];
  readonly waitMs: number;
  /** Where an answer takes long to come: what arrives puts the end of the wait off until it has paused so long. */
  readonly pauseMs?: number;
  accepts(reply: R): boolean;
}

/**
 * How a visit ended. `absent`: nobody, or no meter of this kind, answered. `present`: a meter is there whose memory was
 * read already. `complete`: the whole memory was read. `cut`: less than the whole; what was kept is reported all the
 * same. `farewell` is written before it.
 */
export interface Ending {
  readonly is: "absent" | "present" | "complete" | "cut";
  readonly farewell?: readonly Write[];
}

/** A conversation with one meter, question by question; `undefined` comes back where a question failed. */
export type Conversation<R> = Generator<Question<R>, Ending, Heard<R> | undefined>;

/** A part of a conversation that ends with an answer, or with none. */
export type Exchange<R> = Generator<Question<R>, Heard<R> | undefined, Heard<R> | undefined>;

/** A finding that can be told from all others of its meter. */
export type Kept = Finding & { readonly identity: string };

/** What a conversation may do beside asking. */
export interface Visit {
  /** Names the meter that answered; says whether its memory is to be read now. */
  meet(serial: string): boolean;
  /**
   * Says who the meter is, before anything of it is kept: its results are known by its serial number and model. A part
   * that meters of this kind give and that did not come ends the visit as cut, for the same results would come once more
   * under another name as soon as the part does come.
   */
  identify(identity: DeviceIdentity): void;
  /**
   * Keeps a finding for the report at the end, or several of one frame, which share its span; those taken together share
   * their identity too. What was reported before is left out, and a frame of which nothing is left is a duplicate. Of a
   * meter that was not identified in this visit nothing is kept.
   */
  keep(...together: readonly [Kept, ...Kept[]]): void;
  discard(span: Span, reason: DiscardReason, detail?: string): void;
}

/** A kind of meter, as far as reading its memory goes. */
export interface MeterMemory<R> {
  framer(): Framer;
  /** Reads a frame; nothing where its fields break the protocol. */
  decode(frame: Uint8Array): R | undefined;
  converse(visit: Visit): Conversation<R>;
  /** Whether a conversation can ask who is there without reading everything; else a read meter is left in peace. */
  readonly asksFirst: boolean;
}

/** A report is a breath of its own, apart from anything written. */
const reportAfterMs = 10;
/** Downloads that may be cut in a row before the meter is left until its time. */
const mostCuts = 3;

type Phase<R> =
  | { readonly is: "resting" }
  | { readonly is: "asking"; readonly with: Conversation<R>; readonly question: Question<R> }
  | { readonly is: "reporting" };

/**
 * A session that looks for a meter, reads its memory when one appears and every so often while it stays, and reports
 * each download as a whole. Results reported before in this session, and not refused, are not reported again.
 */
export function memorySession<R>(meter: MeterMemory<R>, pace: MemoryPace): Session {
  const restMs = pace.askEverySeconds * 1000;
  const dueMs = pace.downloadEveryMinutes * 60_000;
  const framer = meter.framer();
  let phase: Phase<R> = { is: "resting" };
  let serial: string | undefined;
  let known = new Set<string>();
  let due = true;
  let restedMs = 0;
  let cuts = 0;
  let receipt = 0;
  let aside: Action[] = [];
  let findings: Finding[] = [];
  let identities = new Set<string>();
  let isIdentified = false;
  const unanswered = new Map<number, readonly string[]>();

  const visit: Visit = {
    meet(who) {
      if (who !== serial) {
        serial = who;
        known = new Set();
        due = true;
        cuts = 0;
      }
      return due;
    },
    identify(identity) {
      isIdentified = true;
      aside.push({ do: "identify", identity });
    },
    keep(...together) {
      if (!isIdentified) {
        visit.discard(together[0].span, "not-a-reading", "it is not known whose result it is");
        return;
      }
      const fresh = together.filter(({ identity }) => !known.has(identity) && !identities.has(identity));
      for (const { identity } of together) identities.add(identity);
      if (fresh.length === 0) visit.discard(together[0].span, "duplicate");
      else findings.push(...fresh);
    },
    discard: (span, reason, detail) =>
      aside.push({ do: "discard", span, reason, ...(detail === undefined ? {} : { detail }) }),
  };

  function begin(): readonly Action[] {
    findings = [];
    identities = new Set();
    isIdentified = false;
    const conversation = meter.converse(visit);
    return step(conversation, conversation.next());
  }

  function step(conversation: Conversation<R>, next: IteratorResult<Question<R>, Ending>): readonly Action[] {
    const said = aside;
    aside = [];
    if (next.done === true) return [...said, ...(next.value.farewell ?? []), ...end(next.value)];
    phase = { is: "asking", with: conversation, question: next.value };
    return [...said, ...next.value.writes, { do: "wake", afterMs: next.value.waitMs }];
  }

  function end({ is }: Ending): readonly Action[] {
    switch (is) {
      case "absent":
        serial = undefined;
        known = new Set();
        due = true;
        break;
      case "present":
        break;
      case "complete":
        known = identities;
        cuts = 0;
        due = false;
        restedMs = 0;
        break;
      case "cut":
        known = new Set([...known, ...identities]);
        cuts++;
        due = cuts % mostCuts !== 0;
        restedMs = 0;
        break;
      default:
        is satisfies never;
    }
    if (findings.length === 0) return rest();
    phase = { is: "reporting" };
    return [{ do: "wake", afterMs: reportAfterMs }];
  }

  function rest(): readonly Action[] {
    phase = { is: "resting" };
    return [{ do: "wake", afterMs: meter.asksFirst || due ? restMs : dueMs }];
  }

  function report(): readonly Action[] {
    const told = findings;
    findings = [];
    const names = told.flatMap(({ identity }) => identity ?? []);
    unanswered.set(++receipt, names);
    return [{ do: "report", receipt, findings: told }, ...rest()];
  }

  function hear(pieces: Iterable<Piece>): readonly Action[] {
    const sum = new Sum();
    for (const piece of pieces) {
      const { span } = piece;
      if (piece.is === "discard") {
        sum.push({ do: "discard", span, reason: piece.reason });
        continue;
      }
      const reply = meter.decode(piece.bytes);
      if (reply === undefined) sum.push({ do: "discard", span, reason: "malformed" });
      else if (phase.is !== "asking") sum.push({ do: "discard", span, reason: "unsolicited" });
      else if (phase.question.accepts(reply)) sum.add(step(phase.with, phase.with.next({ reply, span })));
      else {
        sum.push({ do: "discard", span, reason: "unsolicited" });
        sum.add(step(phase.with, phase.with.next(undefined)));
      }
    }
    return sum.actions();
  }

  function wake(): readonly Action[] {
    const before = phase;
    const left = hear(framer.flush("silence"));
    // A frame was hidden behind a false start, and the conversation went on.
    if (phase !== before) return left;
    switch (before.is) {
      case "resting":
        restedMs += meter.asksFirst || due ? restMs : dueMs;
        due ||= restedMs >= dueMs;
        return [...left, ...begin()];
      case "asking":
        return [...left, ...step(before.with, before.with.next(undefined))];
      case "reporting":
        return [...left, ...report()];
      default:
        return before satisfies never;
    }
  }

  return {
    handle(event) {
      switch (event.on) {
        case "open":
          return begin();
        case "data": {
          const before = phase;
          const actions = hear(inSlices(framer, event.bytes));
          const waits = phase === before && before.is === "asking" ? before.question.pauseMs : undefined;
          return waits === undefined ? actions : [...actions, { do: "wake", afterMs: waits }];
        }
        case "wake":
          return wake();
        case "stored":
          unanswered.delete(event.receipt);
          return [];
        case "refused":
          // The meter keeps them; the next download brings them again.
          for (const identity of unanswered.get(event.receipt) ?? []) known.delete(identity);
          unanswered.delete(event.receipt);
          return [];
        case "close":
          phase = { is: "resting" };
          return hear(framer.flush("close"));
        default:
          return event satisfies never;
      }
    },
  };
}

/** A question of bytes that are written as they are. */
export function ask<R>(bytes: Uint8Array, waitMs: number, accepts: (reply: R) => boolean): Question<R> {
  return { writes: [{ do: "write", bytes }], waitMs, accepts };
}
