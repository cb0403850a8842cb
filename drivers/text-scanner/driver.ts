import { z } from "zod";
import { labelled, longestCode as longest } from "../../src/driver-kit/aim.ts";
import type { Action, Driver, Session, Undetected } from "../../src/driver-kit/contract.ts";
import { gap } from "../../src/driver-kit/framers/gap.ts";
import { lines } from "../../src/driver-kit/framers/lines.ts";
import type { Framer, Piece } from "../../src/driver-kit/framers/piece.ts";
import { isLatin1, latin1 } from "../../src/driver-kit/text.ts";

const ends = { CR: "\r", LF: "\n", TAB: "\t" } as const;
const bytes = z.string().max(16).refine(isLatin1, "has a character that is no byte (above U+00FF)");

const options = z.strictObject({
  terminators: z
    .array(z.enum(["CR", "LF", "TAB"]))
    .default(["CR", "LF", "TAB"])
    .describe("what ends a scan; with an empty list a silence does"),
  silenceMs: z
    .number()
    .int()
    .min(20)
    .max(5000)
    .default(100)
    .describe("a silence that ends a scan, or breaks it where there are terminators"),
  prefix: bytes.default("").describe("what the scanner puts before each scan; a scan without it is discarded"),
  suffix: bytes.default("").describe("what the scanner puts before the terminator; a scan without it is discarded"),
  aim: z
    .enum(["expected", "optional", "none"])
    .default("optional")
    .describe("AIM identifier such as ]C0 before the text: every scan has it | taken off where it is | never there"),
});

type Options = z.output<typeof options>;

/** Barcode scanners on RS-232 or as a USB serial port, sending text. Nothing is ever written to the scanner. */
export const driver: Driver<Options> = {
  id: "text-scanner",
  version: "1",
  input: "stream",
  integrity: "none",
  options,
  session,
  undetected({ terminators }) {
    const why = "a scan carries no length and no check of its own; use a check digit in the place's barcode rule";
    const limits: Undetected[] = [
      { fault: "byte-lost", why },
      { fault: "byte-doubled", why },
      { fault: "noise-before", why: "printable noise right before a scan cannot be told from the scan" },
    ];
    if (terminators.length === 0)
      limits.push({ fault: "cut-short", why: "without a terminator a scan that breaks off looks like a whole one" });
    return limits;
  },
};

function framerFor({ terminators, prefix, suffix }: Options): Framer {
  const bound = longest + prefix.length + suffix.length + 3;
  if (terminators.length === 0) return gap({ bound });
  // The rest of a broken scan must not pass for a whole one: that would be another patient's identifier.
  return lines({ ends: terminators.map((name) => ends[name]), bound, restIsNoLine: true });
}

function session(chosen: Options): Session {
  const framer = framerFor(chosen);

  function action(piece: Piece): readonly Action[] {
    const { span } = piece;
    if (piece.is === "discard") return [{ do: "discard", span, reason: piece.reason }];
    if (piece.bytes.length === 0) return [];
    const read = decode(latin1(piece.bytes), chosen);
    switch (read.is) {
      case "scan": {
        const { text, symbology } = read;
        return [{ do: "scan", scan: { text, ...(symbology === undefined ? {} : { symbology }), span } }];
      }
      case "malformed":
        return [{ do: "discard", span, reason: "malformed", detail: read.detail }];
      case "no-barcode":
        return [{ do: "discard", span, reason: "not-a-reading" }];
      default:
        return read satisfies never;
    }
  }

  return {
    handle(event) {
      switch (event.on) {
        case "data": {
          const actions = framer.push(event.bytes).flatMap(action);
          return [...actions, { do: "wake", afterMs: framer.pending > 0 ? chosen.silenceMs : 0 }];
        }
        case "wake":
          return framer.flush("silence").flatMap(action);
        case "close":
          return framer.flush("close").flatMap(action);
        case "open":
        case "stored":
        case "refused":
          return [];
        default:
          return event satisfies never;
      }
    },
  };
}

type Read =
  | { readonly is: "scan"; readonly text: string; readonly symbology?: string }
  | { readonly is: "malformed"; readonly detail: string }
  | { readonly is: "no-barcode" };

/** What one scan says. Nothing inside the data is trimmed or replaced: GS separates the fields of GS1 codes. */
function decode(whole: string, { prefix, suffix, aim }: Options): Read {
  if (!whole.startsWith(prefix)) return { is: "malformed", detail: "does not begin with the prefix" };
  const unprefixed = whole.slice(prefix.length);
  if (!unprefixed.endsWith(suffix)) return { is: "malformed", detail: "does not end with the suffix" };
  const bare = unprefixed.slice(0, unprefixed.length - suffix.length);
  const label = aim === "none" ? ({ is: "plain", text: bare } as const) : labelled(bare);
  if (label.is === "no-barcode") return label;
  if (label.is === "plain" && aim === "expected") return { is: "malformed", detail: "has no AIM identifier" };
  const { text } = label;
  if (text === "") return { is: "malformed", detail: "is empty" };
  if (text.length > longest) return { is: "malformed", detail: "is longer than any code" };
  for (const character of text)
    if (!isText(character)) {
      const code = character.charCodeAt(0).toString(16).padStart(2, "0");
      return { is: "malformed", detail: `holds the byte ${code}` };
    }
  return label.is === "labelled" ? { is: "scan", text, symbology: label.symbology } : { is: "scan", text };
}

/** Printable ASCII and GS. The encoding of anything above is not known, so such a byte would be a guess. */
function isText(character: string): boolean {
  return (character >= " " && character <= "~") || character === "\x1d";
}
