import { z } from "zod";
import { labelled, longestCode } from "../../src/driver-kit/aim.ts";
import type { Action, DiscardReason, Driver, Session, Span, Undetected } from "../../src/driver-kit/contract.ts";
import { keyOf, newKeys } from "./keys.ts";

const options = z.strictObject({
  ends: z
    .array(z.enum(["ENTER", "TAB"]))
    .default(["ENTER", "TAB"])
    .describe("keys that end a scan; with an empty list a silence does"),
  silenceMs: z
    .number()
    .int()
    .min(50)
    .max(5000)
    .default(100)
    .describe("a silence that ends a scan, or breaks it where there are keys that end it"),
  aim: z
    .enum(["expected", "optional", "none"])
    .default("optional")
    .describe("AIM identifier such as ]C0 before the text: every scan has it | taken off where it is | never there"),
});

type Options = z.output<typeof options>;

/** Barcode scanners that are a USB keyboard, read as boot reports. Nothing is ever written to the scanner. */
export const driver: Driver<Options> = {
  id: "hid-keyboard-scanner",
  version: "1",
  input: "reports",
  integrity: "structure",
  options,
  session,
  undetected({ ends }) {
    const limits: Undetected[] = [
      { fault: "byte-lost", why: "a report that is lost takes its key with it, and a scan has no length and no check" },
    ];
    if (ends.length === 0)
      limits.push({
        fault: "cut-short",
        why: "without a key that ends it a scan that breaks off looks like a whole one",
      });
    return limits;
  },
};

/** Length of a boot report: modifiers, reserved, six keys. */
const bootReport = 8;
const nothing = new Uint8Array(bootReport);

/** The keys of one scan, as far as they came. */
interface Begun {
  readonly from: number;
  to: number;
  text: string;
  /** Why the whole scan cannot be used. */
  fault?: { readonly reason: DiscardReason; readonly why: string };
}

function session(chosen: Options): Session {
  const { ends, silenceMs } = chosen;
  let received = 0;
  let before = nothing;
  let begun: Begun | undefined;
  /** After a break: what follows, up to the end of that scan, must not pass for a scan of its own. */
  let skipping = false;

  function take(report: Uint8Array, span: Span): readonly Action[] {
    if (report.length !== bootReport || report[1] !== 0) {
      const fault = { reason: "malformed", why: "no boot keyboard report" } as const;
      if (begun === undefined) return [{ do: "discard", span, reason: fault.reason, detail: fault.why }];
      begun.to = span.to;
      begun.fault ??= fault;
      return [];
    }
    const pressed = report[0] ?? 0;
    const codes = newKeys(report, before);
    before = report.slice();
    if (codes.length === 0) {
      // A key let go, or a modifier before the first key: part of a scan only where one has begun.
      if (begun !== undefined) begun.to = span.to;
      return [];
    }
    begun ??= { from: span.from, to: span.to, text: "" };
    begun.to = span.to;
    for (const [i, code] of codes.entries()) {
      const key = keyOf(code, pressed);
      const isEnd = (key.is === "enter" && ends.includes("ENTER")) || (key.is === "tab" && ends.includes("TAB"));
      if (isEnd) {
        if (i < codes.length - 1) begun.fault ??= { reason: "malformed", why: "a key in one report with the end" };
        return end();
      }
      if (key.is === "character") begun.text += key.character;
      else
        begun.fault ??= { reason: "malformed", why: `key ${code.toString(16)} with modifiers ${pressed.toString(16)}` };
      if (begun.text.length > longestCode + 3) {
        begun.fault ??= { reason: "too-long", why: "is longer than any code" };
        begun.text = "";
      }
    }
    return [];
  }

  function end(): readonly Action[] {
    const scan = begun;
    begun = undefined;
    if (scan === undefined) return [];
    const span = { from: scan.from, to: scan.to };
    if (skipping) {
      skipping = false;
      return [{ do: "discard", span, reason: "cut", detail: "the rest of a broken scan" }];
    }
    if (scan.fault !== undefined) return [{ do: "discard", span, reason: scan.fault.reason, detail: scan.fault.why }];
    return [decode(scan.text, chosen, span)];
  }

  function breakOff(why: string): readonly Action[] {
    if (begun === undefined) return [];
    const { from, to, fault } = begun;
    begun = undefined;
    skipping = true;
    return [{ do: "discard", span: { from, to }, reason: fault?.reason ?? "cut", detail: fault?.why ?? why }];
  }

  return {
    handle(event) {
      switch (event.on) {
        case "data": {
          if (event.bytes.length === 0) return [];
          const span = { from: received, to: received + event.bytes.length };
          received = span.to;
          return [...take(event.bytes, span), { do: "wake", afterMs: begun === undefined ? 0 : silenceMs }];
        }
        case "wake":
          return ends.length === 0 ? end() : breakOff("silence before the end");
        case "close":
          return breakOff("the connection ended");
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

function decode(typed: string, { aim }: Options, span: Span): Action {
  const refused = (reason: DiscardReason, detail: string): Action => ({ do: "discard", span, reason, detail });
  const label = aim === "none" ? ({ is: "plain", text: typed } as const) : labelled(typed);
  if (label.is === "no-barcode") return refused("not-a-reading", "an answer to a command");
  if (label.is === "plain" && aim === "expected" && typed !== "") return refused("malformed", "has no AIM identifier");
  const { text } = label;
  if (text === "") return refused("not-a-reading", "is empty");
  if (text.length > longestCode) return refused("malformed", "is longer than any code");
  return { do: "scan", scan: { text, ...(label.is === "labelled" ? { symbology: label.symbology } : {}), span } };
}
