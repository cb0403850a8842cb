import { type Delimiters, readDelimiters } from "./delimiters.ts";
import { type Path, parsePath } from "./path.ts";
import { Segment } from "./segment.ts";

/** A message as it was read. Immutable, and as text exactly what came in. */
export class Message {
  readonly delimiters: Delimiters;
  /** In order; MSH is the first. Lines that are no segments are kept as such. */
  readonly segments: readonly Segment[];
  /** What stood before MSH: a byte order mark, blank lines. */
  readonly preamble: string;

  constructor(preamble: string, segments: readonly Segment[], delimiters: Delimiters) {
    this.preamble = preamble;
    this.segments = segments;
    this.delimiters = delimiters;
  }

  /** The text of one value, or nothing where it is empty or not there; see {@link Segment.get}. */
  get(path: Path): string | undefined {
    const { segment, occurrence, field, component, subcomponent, repetition } = parsePath(path);
    return this.find(segment, occurrence)?.get(field, component, subcomponent, repetition);
  }

  /** The n-th segment of a kind, counted from 1. */
  find(id: string, occurrence = 1): Segment | undefined {
    let left = occurrence;
    for (const segment of this.segments) {
      if (segment.id === id && --left === 0) return segment;
    }
    return undefined;
  }

  /** All segments of a kind, in order. */
  all(id: string): readonly Segment[] {
    return this.segments.filter((segment) => segment.id === id);
  }

  /** Exactly what was parsed. */
  toString(): string {
    return this.preamble + this.segments.map((s) => s.raw + s.terminator).join("");
  }

  /** The same segments as the standard wants them: each ended by one carriage return, nothing before the first. */
  normalised(): string {
    return this.segments.map((s) => `${s.raw}\r`).join("");
  }
}

/** `no-header`: it does not start with MSH. `delimiters`: MSH-1 and MSH-2 declare none that could work. */
type ParseProblem = "no-header" | "delimiters";

export type Parsed =
  | { readonly ok: true; readonly message: Message }
  | { readonly ok: false; readonly problem: ParseProblem };

/**
 * Reads a message. Ends of segments may be CR, LF or CRLF, mixed; a line feed that no segment follows is part of a
 * value. Nothing is changed and nothing is dropped: the message's text is what came in.
 */
export function parse(text: string): Parsed {
  const preamble = /^\uFEFF?[\r\n]*/.exec(text)?.[0] ?? "";
  const start = preamble.length;
  if (text.slice(start, start + 3).toUpperCase() !== "MSH") return { ok: false, problem: "no-header" };
  const headerEnd = text.slice(start).search(/[\r\n]/);
  const delimiters = readDelimiters(text.slice(start, headerEnd === -1 ? undefined : start + headerEnd));
  if (delimiters === undefined) return { ok: false, problem: "delimiters" };
  const segments: Segment[] = [];
  const lineEnds = /[\r\n]+/g;
  lineEnds.lastIndex = start;
  let from = start;
  for (let match = lineEnds.exec(text); match !== null; match = lineEnds.exec(text)) {
    const next = lineEnds.lastIndex;
    if (!match[0].includes("\r") && !startsSegment(text, next, delimiters.field)) continue;
    segments.push(new Segment(text.slice(from, match.index), match[0], delimiters));
    from = next;
  }
  if (from < text.length) segments.push(new Segment(text.slice(from), "", delimiters));
  return { ok: true, message: new Message(preamble, segments, delimiters) };
}

/** Whether a line feed before this place ended a segment: another one, or nothing, follows. */
function startsSegment(text: string, at: number, field: string): boolean {
  if (at === text.length) return true;
  return text.charAt(at + 3) === field && /^[A-Za-z][A-Za-z0-9]{2}$/.test(text.slice(at, at + 3));
}
