import type { Action, Driver, Finding, Session, Span } from "../../src/driver-kit/contract.ts";
import { isWithdrawal, noInformation } from "./answer.ts";
import { BareRecords } from "./bare-records.ts";
import { findings, identityOfSender } from "./findings.ts";
import type { Frame } from "./frame.ts";
import type { Line, Out, Upper } from "./line.ts";
import { Link } from "./link.ts";
import { type Message, type MessageEvent, noMessage, type Result, readFrame } from "./message.ts";
import { type Options, options, type Rules, rulesOf } from "./options.ts";
import type { LisRecord } from "./records.ts";
import { hostTimes } from "./sender.ts";

/**
 * CLSI LIS01-A2 and LIS02-A2 (ASTM E1381 and E1394): the receiver for laboratory analyzers, over serial lines and TCP.
 * The frame that brings results, or closes their order, is acknowledged only after they are stored.
 */
export const driver: Driver<Options> = {
  id: "astm",
  version: "1",
  input: "stream",
  integrity: "checksum",
  options,
  session: (given) => new AstmSession(given),
  undetected: ({ framing }) =>
    framing === "lis01"
      ? []
      : [
          { fault: "byte-lost", why: "bare records carry no checksum" },
          { fault: "byte-doubled", why: "bare records carry no checksum" },
        ],
};

/** When findings that nobody can be asked to send again are offered once more, after they could not be stored. */
const OFFER_AGAIN_MS = 10_000;

class AstmSession implements Session, Upper, Out {
  readonly #options: Options;
  readonly #rules: Rules;
  readonly #line: Line;
  #actions: Action[] = [];
  #receipt = 0;
  #message: Message = noMessage;
  #seen = new Map<string, number>();
  #query: LisRecord | undefined;
  /** The report whose answer the instrument waits for, and how to take its frame back. */
  #held: { readonly receipt: number; readonly undo: (() => void) | undefined } | undefined;
  /** Reports whose frames were acknowledged before, by receipt, and those that were refused. */
  readonly #owed = new Map<number, readonly Finding[]>();
  #refused: (readonly Finding[])[] = [];
  #identified = "";
  readonly #remarked = new Set<string>();
  /** Where the last record ends that was reported: a frame taken back and never sent again does not make it unread. */
  #reportedTo = 0;

  constructor(given: Options) {
    this.#options = given;
    this.#rules = rulesOf(given);
    this.#line =
      given.framing === "records"
        ? new BareRecords(this.#rules.maxText, this, this)
        : new Link(this.#rules, hostTimes, this, this);
  }

  handle(event: Parameters<Session["handle"]>[0]): readonly Action[] {
    switch (event.on) {
      case "open":
        break;
      case "data":
        this.#line.data(event.bytes);
        break;
      case "wake":
        if (this.#refused.length > 0 && this.#line.quiet) this.#offerAgain();
        else this.#line.wake();
        break;
      case "stored":
      case "refused":
        this.#answered(event.receipt, event.on === "stored");
        break;
      case "close":
        this.#line.close();
        break;
      default:
        event satisfies never;
    }
    if (event.on !== "close") this.#line.settle();
    if (this.#refused.length > 0 && this.#line.quiet) this.arm(OFFER_AGAIN_MS);
    const actions = this.#actions;
    this.#actions = [];
    return actions;
  }

  // What the link layer asks for.

  write(bytes: Uint8Array): void {
    this.#actions.push({ do: "write", bytes });
  }

  discard(...[span, reason, detail]: Parameters<Out["discard"]>): void {
    this.#actions.push({ do: "discard", span, reason, detail });
  }

  /** Told once a session each, as a discard of the one byte that stands for it: an analyzer keeps its habits. */
  remark(span: Span, ...details: readonly string[]): void {
    const news = details.filter((detail) => !this.#remarked.has(detail));
    for (const detail of news) this.#remarked.add(detail);
    if (news.length > 0) this.discard(span, "malformed", `accepted: ${news.join("; ")}`);
  }

  arm(afterMs: number): void {
    this.#actions.push({ do: "wake", afterMs });
  }

  // What the link layer tells.

  begun(): void {
    this.#message = noMessage;
    this.#seen = new Map();
    this.#query = undefined;
  }

  take(frame: Frame): "accept" | "refuse" | "hold" {
    const { span } = frame;
    const read = readFrame(this.#message, frame, this.#rules);
    if (!read.ok) {
      this.discard(span, "malformed", read.detail);
      return "refuse";
    }
    const [message, seen, query] = [this.#message, new Map(this.#seen), this.#query];
    this.#message = read.message;
    this.remark({ from: span.from, to: span.from + 1 }, ...read.remarks);
    const found = this.#found(read.events);
    if (found.length === 0) return "accept";
    const receipt = this.#report(found);
    if (this.#options.framing === "records") {
      this.#owed.set(receipt, found);
      return "accept";
    }
    const undo = () => {
      this.#message = message;
      this.#seen = seen;
      this.#query = query;
    };
    this.#held = { receipt, undo };
    return "hold";
  }

  ended(how: "closed" | "broken", at: number): void {
    const { open, unfinished } = this.#message;
    const [message, query] = [this.#message, this.#query];
    if (this.#held !== undefined) this.#held = { ...this.#held, undo: undefined };
    if (unfinished.text !== "") this.#cut(unfinished.span, "a record without its end");
    if (how === "closed" && open.length > 0) {
      // Its frames were acknowledged already: all that can be done is to store what they brought.
      if (this.#options.framing === "lis01")
        this.remark({ from: at, to: at + 1 }, "a message without L record; the option end should be EOT");
      const found = this.#findings(open);
      if (found.length > 0) this.#owed.set(this.#report(found), found);
    } else {
      for (const { record } of open) this.#cut(record.span, "a result of an order that was broken off");
    }
    this.begun();
    if (how === "closed" && query !== undefined && message.header !== undefined)
      this.#line.send(noInformation(message.header));
  }

  busy(): boolean {
    return this.#owed.size > 0 || this.#refused.length > 0;
  }

  sent(): void {
    // An analyzer that did not take the answer asks again, or goes on without it.
  }

  /**
   * What one frame brought. It may end one message and hold the next, and orders are counted anew in each: within this
   * one report the orders of a later message must not be taken for those of the first.
   */
  #found(events: readonly MessageEvent[]): readonly Finding[] {
    const found: Finding[] = [];
    let message = 1;
    for (const event of events) {
      if (event.is === "header" && found.length > 0) message++;
      found.push(...this.#event(event, message));
    }
    return found;
  }

  #event(event: MessageEvent, message: number): readonly Finding[] {
    switch (event.is) {
      case "header":
        this.#identify(event.record);
        this.#seen = new Map();
        return [];
      case "results":
        return this.#findings(event.results, message);
      case "query":
        if (this.#options.queries === "answer") this.#query = isWithdrawal(event.record) ? undefined : event.record;
        return [];
      case "end":
        return [];
      case "ignored":
        this.discard(event.span, "malformed", event.detail);
        return [];
      default:
        return event satisfies never;
    }
  }

  /** A header that comes again, after its frame could not be stored, tells no time any more: it was said already. */
  #identify(header: LisRecord): void {
    const said = header.fields.join("\r");
    if (said === this.#identified) return;
    this.#identified = said;
    const identity = identityOfSender(header, this.#options);
    if (Object.keys(identity).length > 0) this.#actions.push({ do: "identify", identity });
  }

  #findings(results: readonly Result[], message = 1): readonly Finding[] {
    for (const { record } of results) this.#reportedTo = Math.max(this.#reportedTo, record.span.to);
    return findings(results, this.#options, this.#seen, message);
  }

  #cut(span: Span, detail: string): void {
    if (span.from >= this.#reportedTo) this.discard(span, "cut", detail);
  }

  #report(found: readonly Finding[]): number {
    const receipt = ++this.#receipt;
    this.#actions.push({ do: "report", receipt, findings: found });
    return receipt;
  }

  #answered(receipt: number, stored: boolean): void {
    if (this.#held?.receipt === receipt) {
      const { undo } = this.#held;
      this.#held = undefined;
      if (!stored) undo?.();
      this.#line.answer(stored);
      return;
    }
    const found = this.#owed.get(receipt);
    this.#owed.delete(receipt);
    if (!stored && found !== undefined) this.#refused.push(found);
  }

  #offerAgain(): void {
    const waiting = this.#refused;
    this.#refused = [];
    for (const found of waiting) this.#owed.set(this.#report(found), found);
  }
}
