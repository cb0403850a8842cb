import type { Span } from "../../src/driver-kit/contract.ts";
import { decode, type Encoding } from "./encoding.ts";
import type { Frame } from "./frame.ts";
import {
  assemble,
  type Delimiters,
  delimitersOf,
  type LisRecord,
  nothing,
  parseRecord,
  type Source,
  type Unfinished,
} from "./records.ts";

/** One R record with all that it hangs from in the tree H > P > O > R > C. */
export interface Result {
  readonly header: LisRecord;
  readonly patient: LisRecord | undefined;
  readonly order: LisRecord | undefined;
  /** Which order of the message it belongs to, counted from 1; 0 where it has none. */
  readonly orderNumber: number;
  readonly record: LisRecord;
  readonly comments: readonly LisRecord[];
  /** Comments on the order itself, which came before. */
  readonly orderComments: readonly LisRecord[];
}

/**
 * A message as far as it has come. Never changed in place, so that a frame that could not be stored can be taken back
 * and be read again when it is sent again.
 */
export interface Message {
  readonly unfinished: Unfinished;
  readonly header: LisRecord | undefined;
  readonly patient: LisRecord | undefined;
  readonly order: LisRecord | undefined;
  readonly orders: number;
  readonly orderComments: readonly LisRecord[];
  /** Results of the open order, not handed on yet. */
  readonly open: readonly Result[];
  /** Comments belong to the last result only while nothing else came after it. */
  readonly commentsOpen: boolean;
  /** The L record was read: only another header may follow. */
  readonly ended: boolean;
}

export const noMessage: Message = {
  unfinished: nothing,
  header: undefined,
  patient: undefined,
  order: undefined,
  orders: 0,
  orderComments: [],
  open: [],
  commentsOpen: false,
  ended: false,
};

export interface MessageRules {
  readonly encoding: Encoding;
  /** What a text that ends (ETX) within a record means: that the record ends too, or that the frame is no good. */
  readonly recordEnd: "cr" | "any";
  /** `L`: results are handed on when their order is closed. `EOT`: with the frame that brings them. */
  readonly end: "L" | "EOT";
  /** Types of records that LIS02 does not have, and that are known to hold no result. */
  readonly otherRecords: readonly string[];
  /**
   * What any other type that LIS02 does not have means: that the frame is no good, for what cannot be read may be a
   * result and must not be acknowledged; or, where nothing is acknowledged, that the record is discarded alone.
   */
  readonly unknownRecords: "refuse" | "ignore";
}

export type MessageEvent =
  | { readonly is: "header"; readonly record: LisRecord }
  /** Results that are whole, in their order. */
  | { readonly is: "results"; readonly results: readonly Result[] }
  | { readonly is: "query"; readonly record: LisRecord }
  | { readonly is: "end"; readonly record: LisRecord }
  /** A record that is read over, and why. */
  | { readonly is: "ignored"; readonly span: Span; readonly detail: string };

export type Read =
  | {
      readonly ok: true;
      readonly message: Message;
      readonly events: readonly MessageEvent[];
      /** How the frame broke the standard and was read all the same, this layer's findings included. */
      readonly remarks: readonly string[];
    }
  | { readonly ok: false; readonly detail: string };

/** Longest record, in bytes, however many frames it goes over. */
const MOST_RECORD = 1_048_576;
/** Results of one order that are kept for its end; of a longer one they are handed on in parts. */
const MOST_OPEN = 1000;
/** Comments on one order that are kept. */
const MOST_COMMENTS = 100;

/** Reads one more frame of a message. A frame that cannot be read changes nothing. */
export function readFrame(message: Message, frame: Frame, rules: MessageRules): Read {
  const assembled = assemble(message.unfinished, frame);
  if (assembled.unended && rules.recordEnd === "cr") return { ok: false, detail: "a record without its CR" };
  if (assembled.unfinished.text.length > MOST_RECORD) return { ok: false, detail: "a record longer than the bound" };
  const reading = new Reading({ ...message, unfinished: assembled.unfinished }, rules);
  for (const source of assembled.sources) {
    const problem = reading.record(source);
    if (problem !== undefined) return { ok: false, detail: problem };
  }
  if (rules.end === "EOT") reading.handOn();
  const remarks = assembled.unended ? [...frame.remarks, "a record without its CR"] : frame.remarks;
  return { ok: true, message: reading.message, events: reading.events, remarks };
}

class Reading {
  message: Message;
  readonly events: MessageEvent[] = [];
  readonly #rules: MessageRules;

  constructor(message: Message, rules: MessageRules) {
    this.message = message;
    this.#rules = rules;
  }

  /** Reads a record, or says why the message cannot be read. */
  record(source: Source): string | undefined {
    const decoded = decode(source.text, this.#rules.encoding).trimStart();
    if (/^H[^A-Za-z0-9]/.test(decoded)) return this.#header(decoded, source.span);
    const { header, ended } = this.message;
    if (header === undefined || ended) return "a record before the header";
    return this.#inside(parseRecord(decoded, header.delimiters, source.span), header);
  }

  /** Hands the open results on. */
  handOn(): void {
    const { open } = this.message;
    if (open.length > 0) this.events.push({ is: "results", results: open });
    this.#set({ open: [], commentsOpen: false });
  }

  #header(decoded: string, span: Span): string | undefined {
    const delimiters: Delimiters | undefined = delimitersOf(decoded);
    if (delimiters === undefined) return "a header without delimiters";
    this.handOn();
    const record = parseRecord(decoded, delimiters, span);
    this.message = { ...noMessage, unfinished: this.message.unfinished, header: record };
    this.events.push({ is: "header", record });
    return undefined;
  }

  #inside(record: LisRecord, header: LisRecord): string | undefined {
    const { patient, order, orders, orderComments, open, commentsOpen } = this.message;
    switch (record.type) {
      case "P":
        this.handOn();
        this.#set({ patient: record, order: undefined, orderComments: [] });
        return;
      case "O":
        this.handOn();
        this.#set({ order: record, orders: orders + 1, orderComments: [] });
        return;
      case "R": {
        const orderNumber = order === undefined ? 0 : orders;
        const result: Result = { header, patient, order, orderNumber, record, comments: [], orderComments };
        if (open.length >= MOST_OPEN) this.handOn();
        this.#set({ open: [...this.message.open, result], commentsOpen: true });
        return;
      }
      case "C": {
        const last = open.at(-1);
        if (commentsOpen && last !== undefined)
          this.#set({ open: [...open.slice(0, -1), { ...last, comments: [...last.comments, record] }] });
        else if (order !== undefined && orderComments.length < MOST_COMMENTS)
          this.#set({ orderComments: [...orderComments, record] });
        return;
      }
      case "Q":
        this.handOn();
        this.#set({ order: undefined, orderComments: [] });
        this.events.push({ is: "query", record });
        return;
      case "L":
        this.handOn();
        this.#set({ ended: true });
        this.events.push({ is: "end", record });
        return;
      case "M":
      case "S":
        // Free to the manufacturer; nothing of them is a result.
        return;
      default: {
        if (this.#rules.otherRecords.includes(record.type)) return;
        // More than a letter may be anything, a patient's name too.
        const type = /^[A-Za-z]$/.test(record.type) ? `type ${record.type}` : "a type";
        const detail = `a record of ${type} that LIS02 does not have`;
        if (this.#rules.unknownRecords === "refuse") return detail;
        this.events.push({ is: "ignored", span: record.span, detail });
        return;
      }
    }
  }

  #set(change: Partial<Message>): void {
    this.message = { ...this.message, ...change };
  }
}
