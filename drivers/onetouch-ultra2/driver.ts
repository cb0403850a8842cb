import { z } from "zod";
import type { Action, Driver, Finding, Session, Span } from "../../src/driver-kit/contract.ts";
import type { Piece } from "../../src/driver-kit/framers/piece.ts";
import { memoryOptions } from "../../src/driver-kit/memory-session.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";
import { findingOf, identityOf, type Meter } from "./findings.ts";
import { decode, lineFramer, type Reply, type Result } from "./replies.ts";

const options = z.strictObject(memoryOptions);

type Options = z.output<typeof options>;

/** LifeScan OneTouch Ultra 2: downloads the memory of a meter put on the cable. Reads only; clock and memory stay. */
export const driver: Driver<Options> = {
  id: "onetouch-ultra2",
  version: "1",
  input: "stream",
  integrity: "checksum",
  options,
  session,
};

/** The questions in their order, each with how long to wait for its answer and how often to put it. */
const questions = [
  { step: "serial", command: "DM@", waitMs: 1000, tries: 5 },
  { step: "firmware", command: "DM?", waitMs: 1000, tries: 5 },
  { step: "clock", command: "DMF", waitMs: 1000, tries: 5 },
  { step: "display", command: "DMSU?", waitMs: 1000, tries: 5 },
  { step: "download", command: "DMP", waitMs: 18_000, tries: 2 },
] as const;
type Question = (typeof questions)[number];

/** A download that pauses for so long has ended. */
const pauseMs = 3000;

type Phase =
  | { readonly is: "resting" }
  | { readonly is: "asking"; readonly question: Question; readonly tries: number }
  | { readonly is: "receiving"; readonly count: number; readonly head: Span; lines: number };

function session({ askEverySeconds, downloadEveryMinutes }: Options): Session {
  const framer = lineFramer();
  let phase: Phase = { is: "resting" };
  let meter: Meter | undefined;
  let firmware: string | undefined;
  let due = true;
  let cutBefore = false;
  let restedMs = 0;
  let receipt = 0;
  /** Results that were reported and not refused, so that reading a meter again costs little. */
  let known = new Set<string>();
  let download = newDownload();
  const unanswered = new Map<number, readonly string[]>();

  function ask(step: Question["step"], tries = 1): readonly Action[] {
    const question = questions.find((one) => one.step === step);
    if (question === undefined) return rest();
    phase = { is: "asking", question, tries };
    return [
      // DC1 CR wakes the meter.
      { do: "write", bytes: bytesOf(`\x11\r${question.command}\r`) },
      { do: "wake", afterMs: question.waitMs },
    ];
  }

  function rest(): readonly Action[] {
    phase = { is: "resting" };
    return [{ do: "wake", afterMs: askEverySeconds * 1000 }];
  }

  function unansweredQuestion(question: Question, tries: number): readonly Action[] {
    if (tries < question.tries) return ask(question.step, tries + 1);
    // What only describes the meter can be done without; its identity and its clock cannot.
    if (question.step === "firmware") return ask("clock");
    if (question.step === "display") return ask("download");
    meter = undefined;
    return rest();
  }

  function answer(reply: Reply, span: Span): readonly Action[] {
    if (phase.is === "receiving" && reply.is === "result" && meter !== undefined) {
      phase.lines++;
      const kept = keep(reply.result, meter, span);
      return phase.lines === phase.count ? [...kept, ...finish()] : kept;
    }
    const step = phase.is === "asking" ? phase.question.step : undefined;
    switch (reply.is) {
      case "serial":
        return step === "serial" ? meet(reply.serial, span) : unsolicited(span);
      case "firmware":
        if (step !== "firmware") return unsolicited(span);
        firmware = reply.version;
        return ask("clock");
      case "clock":
        if (step !== "clock" || meter === undefined) return unsolicited(span);
        return [
          {
            do: "identify",
            identity: {
              manufacturer: "LifeScan",
              model: "OneTouch Ultra 2",
              serial: meter.serial,
              ...(firmware === undefined ? {} : { firmware }),
              clock: reply.time,
            },
          },
          ...ask("display"),
        ];
      case "display":
        if (step !== "display" || meter === undefined) return unsolicited(span);
        meter = { ...meter, display: reply.unit };
        return ask("download");
      case "head": {
        if (step !== "download" || reply.serial !== meter?.serial) return unsolicited(span);
        if (reply.unit !== meter.unit)
          return [{ do: "discard", span, reason: "malformed", detail: "a download is always in MG/DL" }];
        phase = { is: "receiving", count: reply.count, head: span, lines: 0 };
        download = newDownload();
        return reply.count === 0 ? finish() : [];
      }
      case "result":
        return unsolicited(span);
      default:
        return reply satisfies never;
    }
  }

  function meet(serial: string, span: Span): readonly Action[] {
    if (!serial.endsWith("Y")) {
      meter = undefined;
      return [
        { do: "discard", span, reason: "not-a-reading", detail: "the serial number is not that of an Ultra 2" },
        ...rest(),
      ];
    }
    if (meter?.serial !== serial) {
      meter = { serial, unit: "MG/DL" };
      firmware = undefined;
      due = true;
    }
    return due ? ask("firmware") : rest();
  }

  function keep(result: Result, from: Meter, span: Span): readonly Action[] {
    const identity = identityOf(result, from.serial);
    const seen = download.identities.has(identity) || known.has(identity);
    download.identities.add(identity);
    if (seen) return [{ do: "discard", span, reason: "duplicate" }];
    download.findings.push(findingOf(result, from, span));
    return [];
  }

  /** Every line stands by its own checksum, so what came is reported even where the head promised more. */
  function finish(): readonly Action[] {
    if (phase.is !== "receiving") return [];
    const { count, lines, head } = phase;
    const actions: Action[] = [];
    const { findings, identities } = download;
    if (findings.length > 0) {
      actions.push({ do: "report", receipt: ++receipt, findings });
      unanswered.set(
        receipt,
        findings.flatMap((finding) => finding.identity ?? []),
      );
    }
    if (lines < count) {
      known = new Set([...known, ...identities]);
      const detail = `${count} results announced, ${lines} came`;
      actions.push({ do: "discard", span: head, reason: "cut", detail });
    } else known = identities;
    // Once more soon after a first cut, then not before its time: a download takes half a minute.
    cutBefore = lines < count && !cutBefore;
    due = cutBefore;
    restedMs = 0;
    return [...actions, ...rest()];
  }

  function hear(pieces: readonly Piece[]): readonly Action[] {
    return pieces.flatMap((piece): readonly Action[] => {
      const { span } = piece;
      if (piece.is === "discard") return [{ do: "discard", span, reason: piece.reason }];
      const reply = decode(piece.bytes);
      return reply === undefined ? [{ do: "discard", span, reason: "malformed" }] : answer(reply, span);
    });
  }

  function wake(): readonly Action[] {
    const left = hear(framer.flush("silence"));
    switch (phase.is) {
      case "resting":
        restedMs += askEverySeconds * 1000;
        due ||= restedMs >= downloadEveryMinutes * 60_000;
        return [...left, ...ask("serial")];
      case "asking":
        return [...left, ...unansweredQuestion(phase.question, phase.tries)];
      case "receiving":
        return [...left, ...finish()];
      default:
        return phase satisfies never;
    }
  }

  return {
    handle(event) {
      switch (event.on) {
        case "open":
          return ask("serial");
        case "data": {
          const actions = hear(framer.push(event.bytes));
          return phase.is === "receiving" ? [...actions, { do: "wake", afterMs: pauseMs }] : actions;
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

function unsolicited(span: Span): readonly Action[] {
  return [{ do: "discard", span, reason: "unsolicited" }];
}

function newDownload(): { readonly findings: Finding[]; readonly identities: Set<string> } {
  return { findings: [], identities: new Set() };
}
