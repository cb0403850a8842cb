import { z } from "zod";
import type { Action, Driver, Finding, Session, Undetected } from "../../src/driver-kit/contract.ts";
import { lines } from "../../src/driver-kit/framers/lines.ts";
import type { Piece } from "../../src/driver-kit/framers/piece.ts";
import { bytesOf, isLatin1, latin1 } from "../../src/driver-kit/text.ts";
import { type Reader, reader, type Said } from "./reader.ts";
import { compile, type Template } from "./template.ts";
import { type Weaknesses, weaknesses } from "./weakness.ts";

const terminators = { CRLF: "\r\n", CR: "\r", LF: "\n", ETX: "\x03" } as const;
const longest = 200;

const template = z
  .string()
  .min(1)
  .max(longest)
  .superRefine((source, context) => {
    const compiled = compile(source);
    if (!compiled.ok) context.addIssue({ code: "custom", message: `character ${compiled.at}: ${compiled.problem}` });
  });
const reading = template.refine((source) => {
  const compiled = compile(source);
  return !compiled.ok || compiled.template.some((part) => part.is === "number");
}, "a reading has at least one number: {weight:number(9)}");

const options = z
  .strictObject({
    terminator: z.enum(["CRLF", "CR", "LF", "ETX"]).default("CRLF").describe("what ends a line"),
    readings: z.array(reading).min(1).max(20).describe("templates of lines that are readings"),
    unsettled: z
      .array(template)
      .max(20)
      .default([])
      .describe("templates of lines that say that the load is moving; the next reading is a new one"),
    ignored: z.array(template).max(20).default([]).describe("templates of lines that are known and no readings"),
    absent: z
      .array(
        z.strictObject({
          line: template,
          channels: z.array(z.string().min(1)).min(1).describe("what could not be measured"),
          reason: z.enum(["not-measured", "failed", "masked", "out-of-range", "not-computable", "disconnected"]),
        }),
      )
      .max(20)
      .default([])
      .describe("templates of lines that say that there is no value, and why"),
    units: z
      .array(z.string().regex(/^[!-~]+$/))
      .max(20)
      .default([])
      .describe("the units that lines may carry"),
    zero: z
      .enum(["no-load", "reading"])
      .default("no-load")
      .describe(
        "a line all of whose numbers are zero: the scale is empty, and the next reading is a new one | a reading",
      ),
    repeats: z
      .enum(["once", "all"])
      .default("once")
      .describe("the same line again without a change or a silence between: one reading | as many readings"),
    silenceMs: z.number().int().min(100).max(600_000).default(3000).describe("after so long a new reading begins"),
    poll: z
      .strictObject({
        command: z.string().min(1).max(32).refine(isLatin1, "has a character that is no byte (above U+00FF)"),
        everyMs: z.number().int().min(100).max(600_000),
      })
      .optional()
      .describe("a command that asks for a reading, such as Q with CR LF. Never one that tares, zeroes or erases"),
  })
  .refine(({ poll, silenceMs }) => poll === undefined || poll.everyMs <= silenceMs, {
    path: ["silenceMs"],
    message: "is shorter than poll.everyMs, so that every answer would be a new reading",
  });

type Options = z.output<typeof options>;

/** Plain-text instruments that a profile describes wholly by templates. Writes nothing but the profile's poll command. */
export const driver: Driver<Options> = {
  id: "line",
  version: "1",
  input: "stream",
  integrity: "none",
  options,
  session,
  undetected(chosen): readonly Undetected[] {
    const why = "the templates leave the width of a number or unit open, so that another width is another value";
    return prepare(chosen).weak.faults.map((fault) => ({ fault, why }));
  },
};

function compiled(source: string): Template {
  const result = compile(source);
  if (!result.ok) throw new TypeError(`${source}: ${result.problem}`);
  return result.template;
}

interface Prepared {
  readonly read: Reader;
  readonly weak: Weaknesses;
}

/** What is worked out once for a profile's options, and not for every session. */
const prepared = new WeakMap<Options, Prepared>();

function prepare(chosen: Options): Prepared {
  const known = prepared.get(chosen);
  if (known !== undefined) return known;
  const { unsettled, ignored, absent, units, zero } = chosen;
  const readings = chosen.readings.map(compiled);
  const read = reader({
    readings,
    unsettled: unsettled.map(compiled),
    ignored: ignored.map(compiled),
    absent: absent.map(({ line, channels, reason }) => ({ template: compiled(line), channels, reason })),
    units,
    zeroIsNoLoad: zero === "no-load",
  });
  const made = { read, weak: weaknesses(readings, units) };
  prepared.set(chosen, made);
  return made;
}

function session(chosen: Options): Session {
  const { poll, silenceMs, repeats } = chosen;
  const { read, weak } = prepare(chosen);
  const end = terminators[chosen.terminator];
  const framer = lines({ ends: [end], bound: longest, restIsNoLine: true, firstIsNoLine: weak.tails });
  /** What was reported last, for as long as it may be repeated. */
  let standing: string | undefined;
  let receipt = 0;
  let quietPolls = 0;

  function action(piece: Piece): readonly Action[] {
    const { span } = piece;
    if (piece.is === "discard") return [{ do: "discard", span, reason: piece.reason }];
    if (piece.bytes.length === 0) return [];
    const said = read(latin1(piece.bytes));
    switch (said.is) {
      case "reading":
      case "absent": {
        const key = JSON.stringify(said);
        if (repeats === "once" && key === standing) return [{ do: "discard", span, reason: "duplicate" }];
        standing = key;
        return [{ do: "report", receipt: ++receipt, findings: findings(said, piece.span) }];
      }
      case "unsettled":
        standing = undefined;
        return [{ do: "discard", span, reason: "not-a-reading" }];
      case "ignored":
        return [{ do: "discard", span, reason: "not-a-reading" }];
      case "unknown":
        return [{ do: "discard", span, reason: "malformed", detail: "no template of the profile fits this line" }];
      default:
        return said satisfies never;
    }
  }

  function silence(): readonly Action[] {
    standing = undefined;
    return framer.flush("silence").flatMap(action);
  }

  return {
    handle(event) {
      switch (event.on) {
        case "open":
          return poll === undefined ? [] : ask(poll);
        case "data": {
          quietPolls = 0;
          const actions = framer.push(event.bytes).flatMap(action);
          // While it polls, the alarm is the poll's: a session has no clock, so silence is counted in polls.
          return poll === undefined ? [...actions, { do: "wake", afterMs: silenceMs }] : actions;
        }
        case "wake": {
          if (poll === undefined) return silence();
          quietPolls++;
          return [...(quietPolls * poll.everyMs > silenceMs ? silence() : []), ...ask(poll)];
        }
        case "refused":
          // The scale goes on sending what was not stored; it must not be taken for a repetition.
          if (event.receipt === receipt) standing = undefined;
          return [];
        case "close":
          return framer.flush("close").flatMap(action);
        case "stored":
          return [];
        default:
          return event satisfies never;
      }
    },
  };
}

function ask({ command, everyMs }: NonNullable<Options["poll"]>): readonly Action[] {
  return [
    { do: "write", bytes: bytesOf(command) },
    { do: "wake", afterMs: everyMs },
  ];
}

function findings(said: Extract<Said, { is: "reading" | "absent" }>, span: Finding["span"]): readonly Finding[] {
  const common = { kind: "patient", group: "line", span } as const;
  if (said.is === "absent")
    return said.channels.map((channel) => ({
      ...common,
      channel,
      value: { kind: "absent", reason: said.reason, text: said.text },
    }));
  return said.measured.map(({ channel, text, unit }) => ({
    ...common,
    channel,
    value: { kind: "number", text },
    ...(unit === undefined ? {} : { unit }),
  }));
}
