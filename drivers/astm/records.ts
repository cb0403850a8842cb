import type { Span } from "../../src/driver-kit/contract.ts";
import type { Frame } from "./frame.ts";

/** The characters that a message's own header names. LIS02: H field 2. */
export interface Delimiters {
  readonly field: string;
  readonly repeat: string;
  readonly component: string;
  readonly escaping: string;
}

/** A record as it came: decoded, split at its field delimiters, with the escapes still in place. */
export interface LisRecord {
  /** H, P, O, R, C, Q, M, S or L, or what else stood there, padding off. */
  readonly type: string;
  /** `fields[0]` is the letter, LIS02's field 1. */
  readonly fields: readonly string[];
  readonly delimiters: Delimiters;
  readonly span: Span;
}

/** Field `n` of LIS02, counted from 1, escapes in place. Empty where the record ends before it. */
export function raw(record: LisRecord | undefined, n: number): string {
  return record?.fields[n - 1] ?? "";
}

/** Field `n` as text: escapes resolved, padding off. */
export function text(record: LisRecord | undefined, n: number): string {
  return record === undefined ? "" : plain(raw(record, n), record.delimiters);
}

/** Component `c` of field `n`, both counted from 1. */
export function component(record: LisRecord | undefined, n: number, c: number): string {
  if (record === undefined) return "";
  const parts = raw(record, n).split(record.delimiters.component);
  return plain(parts[c - 1] ?? "", record.delimiters);
}

/** The repeats of field `n`, without the empty ones. */
export function repeats(record: LisRecord, n: number): readonly string[] {
  return raw(record, n)
    .split(record.delimiters.repeat)
    .map((part) => plain(part, record.delimiters))
    .filter((part) => part !== "");
}

/** Reads a header's delimiters; undefined where they are missing or cannot be told apart. */
export function delimitersOf(header: string): Delimiters | undefined {
  const [letter, field, repeat, component, escaping] = header;
  if (letter !== "H" || field === undefined || repeat === undefined) return undefined;
  if (component === undefined || escaping === undefined) return undefined;
  const all = [field, repeat, component, escaping];
  if (new Set(all).size < 4 || all.some((c) => /[\sA-Za-z0-9]/.test(c))) return undefined;
  return { field, repeat, component, escaping };
}

export function parseRecord(source: string, delimiters: Delimiters, span: Span): LisRecord {
  const fields = source.split(delimiters.field);
  return { type: (fields[0] ?? "").trim(), fields, delimiters, span };
}

function plain(source: string, delimiters: Delimiters): string {
  return unescaped(source, delimiters).trim();
}

/** Resolves LIS02's escapes. What is no escape sequence stands for itself, an unpaired escape character too. */
export function unescaped(source: string, delimiters: Delimiters): string {
  const { field, repeat, component, escaping } = delimiters;
  if (!source.includes(escaping)) return source;
  let out = "";
  let at = 0;
  while (at < source.length) {
    const close = source[at] === escaping ? source.indexOf(escaping, at + 1) : -1;
    const meaning = close < 0 ? undefined : meaningOf(source.slice(at + 1, close));
    if (meaning === undefined) {
      out += source[at];
      at++;
    } else {
      out += meaning;
      at = close + 1;
    }
  }
  return out;

  function meaningOf(code: string): string | undefined {
    if (code === "F") return field;
    if (code === "S") return component;
    if (code === "R") return repeat;
    if (code === "E") return escaping;
    if (!/^X([0-9A-Fa-f]{2})+$/.test(code)) return undefined;
    return code.slice(1).replace(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16)));
  }
}

/** A record's source text, still one character a byte, and where it stood. */
export interface Source {
  readonly text: string;
  readonly span: Span;
}

/** The beginning of a record that goes on in the next frame; `text` is empty where there is none. */
export interface Unfinished extends Source {
  /** Where the frame that brought it ends. */
  readonly frameTo: number;
}

export const nothing: Unfinished = { text: "", span: { from: 0, to: 0 }, frameTo: 0 };

export interface Assembled {
  readonly sources: readonly Source[];
  readonly unfinished: Unfinished;
  /** The frame's text ended (ETX) within a record: the record was taken as ended. */
  readonly unended: boolean;
}

/**
 * Joins what a frame brings to what the frame before left unfinished. Records end with CR; a frame may hold many. A
 * record's span is all of it where its frames follow each other with nothing discarded between them; otherwise that of
 * its last piece, for what was discarded is no part of it.
 */
export function assemble(before: Unfinished, frame: Frame): Assembled {
  const sources: Source[] = [];
  const unended = frame.last && !frame.text.endsWith("\r") && (before.text + frame.text).trim() !== "";
  const follows = before.frameTo === frame.span.from && frame.remarks.length === 0 && !unended;
  let open = before;
  let start = 0;
  const take = (end: number, skip: number): void => {
    const from = open.text !== "" && follows ? open.span.from : frame.textFrom + start;
    const span = { from, to: frame.textFrom + end + skip };
    open = { text: open.text + frame.text.slice(start, end), span, frameTo: frame.span.to };
    start = end + skip;
  };
  const close = (): void => {
    if (open.text.trim() !== "") sources.push({ text: open.text, span: open.span });
    open = nothing;
  };
  for (let cr = frame.text.indexOf("\r"); cr >= 0; cr = frame.text.indexOf("\r", start)) {
    take(cr, 1);
    close();
  }
  if (start < frame.text.length) take(frame.text.length, 0);
  if (frame.last) close();
  return { sources, unfinished: open, unended };
}
