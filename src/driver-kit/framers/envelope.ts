import { bytesOf } from "../text.ts";
import type { Framer } from "./piece.ts";
import { firstBytes, type Grammar, markAt, search, type Verdict } from "./search.ts";

export interface EnvelopeOptions {
  /** What a frame begins with, as Latin-1 text; one of them. */
  readonly starts: readonly string[];
  /** What ends its contents; one of them. */
  readonly ends: readonly string[];
  /** How many bytes after the end mark belong to the frame (two checksum digits, CR LF). Needs a `check`. */
  readonly trailing?: number;
  /** Whether the whole frame, marks included, is sound. */
  check?(frame: Uint8Array): "ok" | "checksum" | "malformed";
  /** The longest frame, marks and trailing bytes included. */
  readonly bound: number;
  /** Bytes that are a frame of their own between envelopes, such as a stray CR; inside they are contents. */
  readonly alone?: string;
  /** Bytes that are a frame of their own everywhere, and cut a frame that they stand in, such as ENQ and EOT. */
  readonly breaks?: string;
}

/**
 * Frames between a start and an end mark. A new start before the end begins anew, so a frame whose end was lost does
 * not take the next one with it. A frame that fails its check costs one byte, and the search goes on after its start.
 */
export function envelope(options: EnvelopeOptions): Framer {
  const { bound, trailing = 0, check } = options;
  const starts = options.starts.map(bytesOf);
  const ends = options.ends.map(bytesOf);
  if (starts.length === 0 || ends.length === 0 || [...starts, ...ends].some((mark) => mark.length === 0))
    throw new RangeError("an envelope needs a start and an end, none of them empty");
  if (trailing > 0 && check === undefined)
    throw new RangeError("trailing bytes without a check could swallow the next frame's start");
  const breaks = firstBytes([...(options.breaks ?? "")].map(bytesOf));
  const alone = firstBytes([...(options.alone ?? "")].map(bytesOf));
  const mayStart = firstBytes(starts);
  const interesting = mayStart.map((_, byte) =>
    mayStart[byte] === 1 || alone[byte] === 1 || breaks[byte] === 1 ? 1 : 0,
  );
  const inside = firstBytes([...starts, ...ends]).map((marked, byte) => (marked === 1 || breaks[byte] === 1 ? 1 : 0));

  /** The search for the end of one candidate, kept so that a frame that comes byte by byte is searched once. */
  let candidate = { at: -1, next: 0, end: -1 };

  const grammar: Grammar = {
    bound,
    judge(view, at): Verdict {
      let skip = 0;
      while (skip < view.length && interesting[view[skip] ?? 0] === 0) skip++;
      if (skip > 0) return { is: "none", length: skip };
      const first = view[0] ?? 0;
      if (alone[first] === 1 || breaks[first] === 1) return { is: "frame", length: 1 };

      if (candidate.at !== at) {
        let begun = false;
        let opened = 0;
        for (const start of starts) {
          const found = markAt(view, 0, start);
          if (found === "whole") opened = Math.max(opened, start.length);
          begun ||= found === "begun";
        }
        if (opened === 0) return begun ? { is: "more" } : { is: "none", length: 1 };
        candidate = { at, next: opened, end: -1 };
      }

      for (; candidate.end < 0; candidate.next++) {
        const i = candidate.next;
        if (i >= bound) return { is: "bad", length: bound, reason: "too-long" };
        if (i >= view.length) return { is: "more" };
        const byte = view[i] ?? 0;
        if (inside[byte] === 0) continue;
        if (breaks[byte] === 1) return { is: "cut", length: i };
        let begun = false;
        for (const end of ends) {
          const found = markAt(view, i, end);
          if (found === "whole") candidate.end = i + end.length + trailing;
          begun ||= found === "begun";
          if (candidate.end >= 0) break;
        }
        if (candidate.end >= 0) break;
        for (const start of starts) {
          const found = markAt(view, i, start);
          if (found === "whole") return { is: "cut", length: i };
          begun ||= found === "begun";
        }
        if (begun && view.length < bound) return { is: "more" };
      }

      const total = candidate.end;
      if (total > bound) return { is: "bad", length: bound, reason: "too-long" };
      for (let i = Math.max(candidate.next + 1, total - trailing); i < Math.min(total, view.length); i++)
        if (breaks[view[i] ?? 0] === 1) return { is: "cut", length: i };
      if (view.length < total) return { is: "more" };
      const verdict = check?.(view.subarray(0, total)) ?? "ok";
      return verdict === "ok" ? { is: "frame", length: total } : { is: "bad", length: total, reason: verdict };
    },
  };
  return search(grammar);
}
