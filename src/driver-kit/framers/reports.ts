import type { Framer } from "./piece.ts";

export interface ReportsOptions {
  /** The lengths that a report may have. */
  readonly lengths: readonly number[];
}

/** One chunk is one report, as HID delivers it: a frame if its length is right, malformed otherwise. */
export function reports(options: ReportsOptions): Framer {
  let base = 0;
  return {
    push(chunk) {
      const span = { from: base, to: base + chunk.length };
      base = span.to;
      if (chunk.length === 0) return [];
      return options.lengths.includes(chunk.length)
        ? [{ is: "frame", bytes: chunk.slice(), span }]
        : [{ is: "discard", reason: "malformed", span }];
    },
    flush: () => [],
    pending: 0,
    limit: 0,
  };
}
