import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Action, Session } from "../../src/driver-kit/contract.ts";
import { lines } from "../../src/driver-kit/framers/lines.ts";
import { inSum } from "../../src/driver-kit/in-sum.ts";
import { listeningSession } from "../../src/driver-kit/listening-session.ts";
import { type Replayed, replay } from "../../src/driver-kit/replay.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";

/** Reports digits; empty lines are nothing, `?` is refused without a word, and anything else with one. */
function session(): Session {
  return listeningSession({
    framer: lines({ ends: ["\n"], bound: 20 }),
    silenceMs: 3000,
    hear(frame, span) {
      const text = latin1(frame);
      if (text === "") return [];
      if (text === "?") return [{ do: "discard", span, reason: "malformed" }];
      if (!/^\d+$/.test(text)) return [{ do: "discard", span, reason: "malformed", detail: text }];
      return [{ do: "report", findings: [{ channel: "X", value: { kind: "number", text }, kind: "patient", span }] }];
    },
  });
}

function sent(text: string, to = inSum(session())): Replayed {
  return replay(to, [
    { ms: 0, in: bytesOf(text) },
    { ms: 10_000, event: "end" },
  ]);
}

/** What was said of each byte of the input. */
function ofEachByte({ findings, discards }: Replayed, length: number): readonly string[] {
  const said = Array.from({ length }, () => "");
  for (const { span, reason, detail } of discards)
    for (let at = span.from; at < span.to; at++) said[at] += `discarded as ${reason} ${detail}`;
  for (const { span, value } of findings)
    for (let at = span.from; at < span.to; at++) said[at] += `read as ${value.text}`;
  return said;
}

/** A session that answers everything with these actions. */
const answering = (actions: readonly Action[]): Session => ({ handle: () => actions });

describe("a session in sum", () => {
  it("says of every byte of a flood what the session says by itself", () => {
    const line = fc.constantFrom("\n", "?\n", "??\n", "x\n", "12\n", "7\n", "a line that is too long\n");
    const flood = fc.array(fc.tuple(line, fc.integer({ min: 1, max: 400 })), { maxLength: 20 });
    fc.assert(
      fc.property(flood, (parts) => {
        const text = parts.map(([one, times]) => one.repeat(times)).join("");
        const [sliced, plain] = [sent(text), sent(text, session())];
        expect(ofEachByte(sliced, text.length)).toEqual(ofEachByte(plain, text.length));
        expect(sliced.findings).toEqual(plain.findings);
      }),
      { numRuns: 60 },
    );
  });

  it("answers a flood of one kind in few actions, and tells the first of it one by one", () => {
    const { discards } = sent("?\n".repeat(30_000));
    expect(discards.length).toBeLessThan(100);
    expect(discards.slice(0, 3).map(({ span }) => span)).toEqual([
      { from: 0, to: 2 },
      { from: 2, to: 4 },
      { from: 4, to: 6 },
    ]);
    expect(discards.at(-1)?.span.to).toBe(60_000);
  });

  it("sets no more than the last of many alarms, and leaves what else is to be done in its order", () => {
    const write = (byte: number): Action => ({ do: "write", bytes: Uint8Array.of(byte) });
    const wake = (afterMs: number): Action => ({ do: "wake", afterMs });
    const all = Array.from({ length: 50 }, (_, i) => [write(i), wake(i)]).flat();
    const answered = inSum(answering(all)).handle({ on: "wake" });
    expect(answered.filter((action) => action.do === "write")).toEqual(Array.from({ length: 50 }, (_, i) => write(i)));
    expect(answered.slice(0, 64)).toEqual(all.slice(0, 64));
    expect(answered.slice(64).filter((action) => action.do === "wake")).toEqual([wake(49)]);
    expect(answered.at(-1)).toEqual(wake(49));
  });

  it("leaves a short answer as it is", () => {
    const discard = (from: number): Action => ({ do: "discard", span: { from, to: from + 1 }, reason: "noise" });
    const all: readonly Action[] = [discard(0), { do: "wake", afterMs: 5 }, discard(1), { do: "wake", afterMs: 7 }];
    expect(inSum(answering(all)).handle({ on: "data", bytes: Uint8Array.of(1, 2) })).toBe(all);
  });
});
