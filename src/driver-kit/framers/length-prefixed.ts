import { bytesOf } from "../text.ts";
import type { Framer } from "./piece.ts";
import { firstBytes, type Grammar, markAt, search, type Verdict } from "./search.ts";

export interface LengthPrefixedOptions {
  /** What a frame begins with, as Latin-1 text; one of them. */
  readonly starts: readonly string[];
  /** How many bytes from the frame's first are needed to know its length; at least the longest start. */
  readonly header: number;
  /** The whole frame's length, header included, or undefined where no frame has such a header. */
  total(header: Uint8Array): number | undefined;
  /** Whether the whole frame is sound. A binary start mark alone is too weak: without a check noise makes frames. */
  check(frame: Uint8Array): "ok" | "checksum" | "malformed";
  /** The longest frame, in bytes. */
  readonly bound: number;
}

/**
 * Frames that say their own length. A frame that fails its check costs one byte: the search goes on right after its
 * start, so that a good frame inside a false one is found. Where a false start announces more bytes than come, the
 * session must `flush` on silence to get at them.
 */
export function lengthPrefixed(options: LengthPrefixedOptions): Framer {
  const { header, bound } = options;
  const starts = options.starts.map(bytesOf);
  if (starts.length === 0 || starts.some((s) => s.length === 0 || s.length > header) || header > bound)
    throw new RangeError("a start must be 1 to `header` bytes, and a header at most `bound`");
  const first = firstBytes(starts);

  const grammar: Grammar = {
    bound,
    judge(view): Verdict {
      let skip = 0;
      while (skip < view.length && first[view[skip] ?? 0] === 0) skip++;
      if (skip > 0) return { is: "none", length: skip };

      const found = starts.map((start) => markAt(view, 0, start));
      if (!found.includes("whole")) return found.includes("begun") ? { is: "more" } : { is: "none", length: 1 };
      if (view.length < header) return { is: "more" };
      const total = options.total(view.subarray(0, header));
      if (total === undefined || total < header || total > bound || !Number.isInteger(total))
        return { is: "none", length: 1 };
      if (view.length < total) return { is: "more" };
      const verdict = options.check(view.subarray(0, total));
      return verdict === "ok" ? { is: "frame", length: total } : { is: "bad", length: total, reason: verdict };
    },
  };
  return search(grammar);
}
