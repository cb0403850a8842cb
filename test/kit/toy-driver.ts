import { z } from "zod";
import type { Action, Driver, Session, SessionEvent, Span } from "../../src/driver-kit/contract.ts";
import { latin1 } from "../../src/driver-kit/text.ts";

const bytesOf = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));

/**
 * A driver for a protocol that no instrument speaks, to try what surrounds drivers. Lines ended by LF:
 * `V118` a reading, answered by `OK1` or `NO1` with its receipt; `IABC;2026-11-23T14:05:09` serial number and clock;
 * `SCODE` a scan; `W50` an alarm, answered by `WOKE` when it rings; `BOOM` throws, as a farewell too; other lines are discarded.
 */
export const toyDriver: Driver<{ readonly farewell: string }> = {
  id: "toy",
  version: "3",
  input: "stream",
  integrity: "none",
  options: z.strictObject({ farewell: z.string().default("") }),
  session: (options) => new ToySession(options.farewell),
};

class ToySession implements Session {
  readonly #farewell: string;
  #line = "";
  #offset = 0;
  #receipt = 0;

  constructor(farewell: string) {
    this.#farewell = farewell;
  }

  handle(event: SessionEvent): readonly Action[] {
    switch (event.on) {
      case "open":
        return [write("HELLO\n")];
      case "data":
        return [...latin1(event.bytes)].flatMap((char) => this.#char(char));
      case "wake":
        return [write("WOKE\n")];
      case "stored":
        return [write(`OK${event.receipt}\n`)];
      case "refused":
        return [write(`NO${event.receipt}\n`)];
      case "close":
        if (this.#farewell === "BOOM") throw new Error("at the end");
        return this.#farewell === "" ? [] : [write(this.#farewell)];
    }
  }

  #char(char: string): readonly Action[] {
    this.#offset += 1;
    if (char !== "\n" && this.#line.length < 100) {
      this.#line += char;
      return [];
    }
    const line = this.#line;
    this.#line = "";
    const span = { from: this.#offset - line.length - 1, to: this.#offset };
    return char === "\n" ? this.#take(line, span) : [{ do: "discard", span, reason: "too-long" }];
  }

  #take(line: string, span: Span): readonly Action[] {
    const rest = line.slice(1);
    if (line === "BOOM") throw new Error("the patient is CANARY-0012");
    if (/^V\d+$/.test(line)) {
      this.#receipt += 1;
      const value = { kind: "number", text: rest } as const;
      const finding = { channel: "TOY", value, unit: "u", kind: "patient", span } as const;
      return [{ do: "report", receipt: this.#receipt, findings: [finding] }];
    }
    if (/^W\d+$/.test(line)) return [{ do: "wake", afterMs: Number(rest) }];
    if (/^S.+$/.test(line)) return [{ do: "scan", scan: { text: rest, span } }];
    const identity = /^I([^;]*);(.*)$/.exec(line);
    if (identity?.[1] !== undefined && identity[2] !== undefined) {
      const clock = { text: identity[2], local: identity[2] };
      return [{ do: "identify", identity: { serial: identity[1], clock } }];
    }
    return [{ do: "discard", span, reason: "malformed" }];
  }
}

function write(text: string): Action {
  return { do: "write", bytes: bytesOf(text) };
}
