import { z } from "zod";
import type { Action, Driver, Finding, Session, Span } from "../../src/driver-kit/contract.ts";
import { gap } from "../../src/driver-kit/framers/gap.ts";
import type { Piece } from "../../src/driver-kit/framers/piece.ts";
import { decode, recordLength, type StoredMeasurement } from "./record.ts";

const options = z.strictObject({
  askEverySeconds: z.number().int().min(1).max(600).default(5).describe("how often to ask whether a meter is there"),
  downloadEveryMinutes: z
    .number()
    .int()
    .min(1)
    .max(1440)
    .default(5)
    .describe("how often to read a meter again that stays connected"),
  quietMs: z.number().int().min(20).max(1000).default(100).describe("silence that ends a reply"),
});

type Options = z.output<typeof options>;

/** Beurer BM58 and BM65 with the serial (PL2303) cable: reads the memory. Sends nothing that changes the meter. */
export const driver: Driver<Options> = {
  id: "beurer-bm58",
  version: "1",
  input: "stream",
  integrity: "structure",
  options,
  session,
};

const hello = 0xaa;
const present = 0x55;
const countCommand = 0xa2;
const recordCommand = 0xa3;
const replyMs = 1000;
const tries = 3;

type Question = { readonly is: "hello" } | { readonly is: "count" } | { readonly is: "record"; readonly index: number };

function session({ askEverySeconds, downloadEveryMinutes, quietMs }: Options): Session {
  const framer = gap({ bound: 64 });
  let asked: { readonly question: Question; readonly nth: number } | undefined;
  /** The first of the two replies to the question in hand. */
  let first: Uint8Array | undefined;
  let count = 0;
  let stays = false;
  let restedMs = 0;
  let receipt = 0;
  let found = new Map<string, readonly Finding[]>();
  /** Measurements that were reported and not refused. */
  const known = new Set<string>();
  const unanswered = new Map<number, readonly string[]>();

  function ask(question: Question, nth = 1): readonly Action[] {
    asked = { question, nth };
    return [
      { do: "write", bytes: Uint8Array.from(bytesOfQuestion(question)) },
      { do: "wake", afterMs: replyMs },
    ];
  }

  function rest(): readonly Action[] {
    asked = undefined;
    first = undefined;
    return [{ do: "wake", afterMs: askEverySeconds * 1000 }];
  }

  /** The meter is gone, or has been read: what was read for certain is reported. */
  function finish(complete: boolean): readonly Action[] {
    stays = complete;
    restedMs = 0;
    const identities = [...found.keys()];
    const findings = [...found.values()].flat();
    found = new Map();
    if (findings.length === 0) return rest();
    for (const identity of identities) known.add(identity);
    unanswered.set(++receipt, identities);
    return [{ do: "report", receipt, findings }, ...rest()];
  }

  /** No reply, or one that is none: the question is put again. */
  function again(): readonly Action[] {
    if (asked === undefined) return rest();
    const { question, nth } = asked;
    first = undefined;
    if (question.is === "hello") {
      stays = false;
      return rest();
    }
    return nth < tries ? ask(question, nth + 1) : finish(false);
  }

  function hear(bytes: Uint8Array, span: Span): readonly Action[] {
    if (asked === undefined) return [{ do: "discard", span, reason: "unsolicited" }];
    const { question, nth } = asked;
    if (bytes.length !== (question.is === "record" ? recordLength : 1))
      return [{ do: "discard", span, reason: "malformed" }, ...again()];
    if (question.is === "hello") {
      if (bytes[0] !== present) return [{ do: "discard", span, reason: "malformed" }, ...again()];
      return stays && restedMs < downloadEveryMinutes * 60_000 ? rest() : ask({ is: "count" });
    }
    // Without a checksum, two equal replies are what shows that neither is damaged.
    if (first === undefined) {
      first = bytes;
      return ask(question, nth);
    }
    if (first.some((byte, i) => byte !== bytes[i])) return again();
    first = undefined;
    if (question.is === "count") {
      count = bytes[0] ?? 0;
      return count === 0 ? finish(true) : ask({ is: "record", index: 1 });
    }
    return [
      ...keep(bytes, span),
      ...(question.index < count ? ask({ is: "record", index: question.index + 1 }) : finish(true)),
    ];
  }

  function keep(bytes: Uint8Array, span: Span): readonly Action[] {
    const measurement = decode(bytes);
    if (measurement === undefined) return [{ do: "discard", span, reason: "not-a-reading" }];
    const { time, systolic, diastolic, pulse } = measurement;
    const identity = `${time.text} ${systolic} ${diastolic} ${pulse}`;
    if (known.has(identity) || found.has(identity)) return [{ do: "discard", span, reason: "duplicate" }];
    found.set(identity, findingsOf(measurement, identity, span));
    return [];
  }

  function settle(pieces: readonly Piece[]): readonly Action[] {
    return pieces.flatMap((piece): readonly Action[] =>
      piece.is === "frame"
        ? hear(piece.bytes, piece.span)
        : [{ do: "discard", span: piece.span, reason: piece.reason }],
    );
  }

  function wake(): readonly Action[] {
    if (framer.pending > 0) {
      const actions = settle(framer.flush("silence"));
      // What came unasked, or was too long, has used up the alarm.
      return actions.some((action) => action.do === "wake") ? actions : [...actions, ...again()];
    }
    if (asked !== undefined) return again();
    restedMs += askEverySeconds * 1000;
    return ask({ is: "hello" });
  }

  return {
    handle(event) {
      switch (event.on) {
        case "open":
          return ask({ is: "hello" });
        case "data":
          return [...settle(framer.push(event.bytes)), { do: "wake", afterMs: quietMs }];
        case "wake":
          return wake();
        case "stored":
          unanswered.delete(event.receipt);
          return [];
        case "refused":
          // The meter keeps them; the next download brings them again.
          for (const identity of unanswered.get(event.receipt) ?? []) known.delete(identity);
          unanswered.delete(event.receipt);
          stays = false;
          return [];
        case "close":
          asked = undefined;
          return settle(framer.flush("close"));
        default:
          return event satisfies never;
      }
    },
  };
}

function bytesOfQuestion(question: Question): readonly number[] {
  switch (question.is) {
    case "hello":
      return [hello];
    case "count":
      return [countCommand];
    case "record":
      return [recordCommand, question.index];
    default:
      return question satisfies never;
  }
}

function findingsOf(measurement: StoredMeasurement, identity: string, span: Span): readonly Finding[] {
  const finding = (channel: string, value: number): Finding => ({
    channel,
    value: { kind: "number", text: String(value) },
    kind: "patient",
    group: identity,
    deviceTime: measurement.time,
    identity,
    span,
  });
  return [
    finding("SYS", measurement.systolic),
    finding("DIA", measurement.diastolic),
    ...(measurement.pulse === 0 ? [] : [finding("PULSE", measurement.pulse)]),
  ];
}
