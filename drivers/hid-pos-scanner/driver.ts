import { z } from "zod";
import { labelled, longestCode } from "../../src/driver-kit/aim.ts";
import type { Action, DiscardReason, Driver, Session, Span } from "../../src/driver-kit/contract.ts";
import { latin1 } from "../../src/driver-kit/text.ts";
import { layouts, type Part, partOf } from "./report.ts";

const ends = { CR: "\r", LF: "\n", TAB: "\t" } as const;

const options = z.strictObject({
  layout: z
    .enum(["aim-64", "bare-64", "aim-62"])
    .describe("how the maker lays out a report: 64 bytes with AIM identifier | 64 without | 62 with"),
  aim: z
    .enum(["expected", "optional", "none"])
    .default("optional")
    .describe("AIM identifier before the text, for the layout that has no place for it"),
  trim: z
    .array(z.enum(["CR", "LF", "TAB"]))
    .default(["CR", "LF", "TAB"])
    .describe("what the scanner may put after the text; it is taken off"),
  silenceMs: z
    .number()
    .int()
    .min(50)
    .max(5000)
    .default(500)
    .describe("a silence of so long between the reports of one code breaks it"),
});

type Options = z.output<typeof options>;

/** Barcode scanners of the USB HID usage page 0x8C (HID-POS). Nothing is ever written to the scanner. */
export const driver: Driver<Options> = {
  id: "hid-pos-scanner",
  version: "1",
  input: "reports",
  integrity: "structure",
  options,
  session,
  undetected: () => [
    { fault: "byte-lost", why: "the reports of a long code carry no number: one that is lost is not missed" },
    { fault: "byte-doubled", why: "the reports of a long code carry no number: one that comes twice counts twice" },
  ],
};

/** The reports of one code, as far as they came. */
interface Begun {
  readonly from: number;
  readonly symbology: string | undefined;
  text: string;
  /** Where its last report ended. */
  to: number;
}

function session({ layout, aim, trim, silenceMs }: Options): Session {
  let received = 0;
  let begun: Begun | undefined;
  /** After a break: what follows, up to the end of that code, must not pass for a code of its own. */
  let skipping = false;

  function take(part: Part, span: Span): readonly Action[] {
    switch (part.is) {
      case "no-barcode":
        return [...drop("broken off by another report"), discard(span, "not-a-reading", part.why)];
      case "malformed": {
        const dropped = drop("broken off by a malformed report");
        skipping = part.more;
        return [...dropped, discard(span, "malformed", part.why), waiting()];
      }
      case "part":
        return skipping ? skip(part.more, span) : append(part, span);
      default:
        return part satisfies never;
    }
  }

  function append({ text, symbology, more }: Extract<Part, { is: "part" }>, span: Span): readonly Action[] {
    if (begun !== undefined && begun.symbology !== symbology) {
      const dropped = drop("broken off by a code of another symbology");
      return [...dropped, ...skip(more, span)];
    }
    const code = begun ?? { from: span.from, symbology, text: "", to: span.to };
    code.text += latin1(text);
    code.to = span.to;
    const { from, to } = code;
    const tooLong = code.text.length > longestCode + 3 + trim.length;
    begun = more && !tooLong ? code : undefined;
    if (tooLong) {
      skipping = more;
      return [discard({ from, to }, "too-long"), waiting()];
    }
    return more ? [waiting()] : [waiting(), whole(code.text, symbology, { from, to })];
  }

  function whole(bytes: string, own: string | undefined, span: Span): Action {
    const read = decode(bytes, own, { aim: layout === "bare-64" ? aim : "none", trim });
    if (read.is === "discard") return discard(span, read.reason, read.why);
    const { text, symbology } = read;
    return { do: "scan", scan: { text, ...(symbology === undefined ? {} : { symbology }), span } };
  }

  function skip(more: boolean, span: Span): readonly Action[] {
    skipping = more;
    return [discard(span, "cut", "the rest of a broken code"), waiting()];
  }

  function drop(why: string): readonly Action[] {
    if (begun === undefined) return [];
    const { from, to } = begun;
    begun = undefined;
    skipping = true;
    return [{ do: "wake", afterMs: 0 }, discard({ from, to }, "cut", why)];
  }

  function waiting(): Action {
    return { do: "wake", afterMs: begun === undefined ? 0 : silenceMs };
  }

  return {
    handle(event) {
      switch (event.on) {
        case "data": {
          if (event.bytes.length === 0) return [];
          const span = { from: received, to: received + event.bytes.length };
          received = span.to;
          return take(partOf(event.bytes, layouts[layout]), span);
        }
        case "wake":
          return drop("no further report came");
        case "close":
          return drop("the connection ended");
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
  | { readonly is: "scan"; readonly text: string; readonly symbology: string | undefined }
  | { readonly is: "discard"; readonly reason: "malformed" | "not-a-reading"; readonly why: string };

/** What one code says. What it holds is passed on as it is, control characters too: the place's rules refuse those. */
function decode(bytes: string, own: string | undefined, { aim, trim }: Pick<Options, "aim" | "trim">): Read {
  const label = aim === "none" ? ({ is: "plain", text: bytes } as const) : labelled(bytes);
  if (label.is === "no-barcode") return { is: "discard", reason: "not-a-reading", why: "an answer to a command" };
  if (label.is === "plain" && aim === "expected")
    return { is: "discard", reason: "malformed", why: "has no AIM identifier" };
  const symbology = label.is === "labelled" ? label.symbology : own;
  const text = trimmed(label.text, trim);
  if (text === "") return { is: "discard", reason: "not-a-reading", why: "empty" };
  if (text.length > longestCode) return { is: "discard", reason: "malformed", why: "is longer than any code" };
  // The encoding of anything above ASCII is not known, so it would be a guess.
  const strange = Array.from(text).find((character) => character > "\x7f");
  if (strange !== undefined)
    return { is: "discard", reason: "malformed", why: `holds the byte ${strange.charCodeAt(0).toString(16)}` };
  return { is: "scan", text, symbology };
}

/** Without what the scanner puts after each text: CR, LF, CR LF or TAB, once each. */
function trimmed(text: string, trim: Options["trim"]): string {
  let end = text;
  for (const name of ["TAB", "LF", "CR"] as const)
    if (trim.includes(name) && end.endsWith(ends[name])) end = end.slice(0, -1);
  return end;
}

function discard(span: Span, reason: DiscardReason, detail?: string): Action {
  return { do: "discard", span, reason, ...(detail === undefined ? {} : { detail }) };
}
