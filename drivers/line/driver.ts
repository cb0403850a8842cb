import { z } from "zod";
import type { Driver, Session, Undetected } from "../../src/driver-kit/contract.ts";
import { gap } from "../../src/driver-kit/framers/gap.ts";
import { lines } from "../../src/driver-kit/framers/lines.ts";
import { type Measured, scaleSession, type Weighing } from "../../src/driver-kit/scale.ts";
import { bytesOf, isLatin1, latin1 } from "../../src/driver-kit/text.ts";
import { type Reader, reader, type Said } from "./reader.ts";
import { compile, compiled } from "./template.ts";
import { type Weaknesses, weaknesses } from "./weakness.ts";

/** What ends a line on the wire. */
export const terminators = { CRLF: "\r\n", CR: "\r", LF: "\n", ETX: "\x03" } as const;
const longest = 200;
/** The longest printout of several lines. */
const longestPrintout = 1000;

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

function beginsWithText(source: string): boolean {
  const compiled = compile(source);
  return !compiled.ok || compiled.template[0]?.is === "literal";
}

const options = z
  .strictObject({
    terminator: z
      .enum(["CRLF", "CR", "LF", "ETX", "silence"])
      .default("CRLF")
      .describe("what ends a line; silence: a printout of several lines is taken as one, its line ends included"),
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
    settle: z
      .number()
      .int()
      .min(1)
      .max(60)
      .default(1)
      .describe("how many lines that say the same make a reading; for scales that do not mark a settled weight"),
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
  })
  .refine(({ poll, terminator }) => poll === undefined || terminator !== "silence", {
    path: ["terminator"],
    message: "a scale that is asked again and again is never silent",
  })
  .refine(({ readings, terminator }) => terminator !== "silence" || readings.every(beginsWithText), {
    path: ["readings"],
    message: "a printout that ends by silence must begin with text, or the end of one reads as a whole one",
  });

export type Options = z.output<typeof options>;

/** Plain-text instruments that a profile describes wholly by templates. Writes nothing but the profile's poll command. */
export const driver: Driver<Options> = {
  id: "line",
  version: "1",
  input: "stream",
  integrity: "none",
  options,
  speaks: ({ readings, absent, units }) => ({
    channels: [
      ...readings.flatMap((source) => compiled(source).flatMap((part) => (part.is === "number" ? [part.channel] : []))),
      ...absent.flatMap(({ channels }) => channels),
    ],
    units,
  }),
  session,
  undetected(chosen): readonly Undetected[] {
    const why = "the templates leave the width of a number or unit open, so that another width is another value";
    return prepare(chosen).weak.faults.map((fault) => ({ fault, why }));
  },
};

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
  // A line damaged once says nothing as long as it takes several that agree.
  const weak: Weaknesses = chosen.settle > 1 ? { faults: [], tails: false } : weaknesses(readings, units);
  const made = { read, weak };
  prepared.set(chosen, made);
  return made;
}

function session(chosen: Options): Session {
  const { poll, silenceMs, repeats, settle, terminator } = chosen;
  const { read, weak } = prepare(chosen);
  return scaleSession({
    framer:
      terminator === "silence"
        ? gap({ bound: longestPrintout })
        : lines({ ends: [terminators[terminator]], bound: longest, restIsNoLine: true, firstIsNoLine: weak.tails }),
    weigh: (bytes) => weighing(read(latin1(bytes))),
    group: "line",
    settle,
    repeats,
    silenceMs,
    ...(poll === undefined ? {} : { poll: { command: bytesOf(poll.command), everyMs: poll.everyMs } }),
  });
}

function weighing(said: Said): Weighing {
  switch (said.is) {
    case "reading": {
      const measured = said.measured.map(
        ({ text, ...rest }): Measured => ({ value: { kind: "number", text }, ...rest }),
      );
      return { is: "load", measured };
    }
    case "absent": {
      const value = { kind: "absent", reason: said.reason, text: said.text } as const;
      return { is: "load", measured: said.channels.map((channel) => ({ channel, value })) };
    }
    case "unsettled":
      return { is: "unsettled" };
    case "ignored":
      return { is: "aside" };
    case "unknown":
      return { is: "malformed", detail: "no template of the profile fits this line" };
    default:
      return said satisfies never;
  }
}
