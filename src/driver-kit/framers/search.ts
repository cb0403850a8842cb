import type { DiscardReason } from "../contract.ts";
import type { Framer, Piece } from "./piece.ts";

/** What stands at the first byte of a view. The answer must not depend on bytes after those that decide it. */
export type Verdict =
  | { readonly is: "more" }
  | { readonly is: "frame"; readonly length: number }
  /** No frame begins in this many bytes. */
  | { readonly is: "none"; readonly length: number }
  /** Looked like a frame of this length and is none; the search goes on one byte after its start. */
  | { readonly is: "bad"; readonly length: number; readonly reason: DiscardReason }
  /** A frame began and ended early, after this many bytes. */
  | { readonly is: "cut"; readonly length: number };

export interface Grammar {
  /** The longest frame, in bytes. No view is longer, and `more` is never answered to one of this length. */
  readonly bound: number;
  /** `at` is the view's offset in the whole stream: the same offset means the same candidate, grown. */
  judge(view: Uint8Array, at: number): Verdict;
}

/** Unframed bytes are told in runs of at most this length. */
const runLimit = 256;

/** Runs a grammar over a stream: holds what is undecided, goes on after what is bad, joins unframed bytes to runs. */
export function search(grammar: Grammar): Framer {
  let buffer = new Uint8Array(64);
  let held = 0;
  /** Stream offset of the buffer's first byte. */
  let base = 0;
  let run: { from: number; to: number; reason: DiscardReason } | undefined;
  /** Bytes before `until` belonged to a candidate that failed; they are discarded for its reason, not as noise. */
  let blame: { until: number; reason: DiscardReason } = { until: 0, reason: "noise" };

  function endRun(pieces: Piece[]): void {
    if (run === undefined) return;
    pieces.push({ is: "discard", reason: run.reason, span: { from: run.from, to: run.to } });
    run = undefined;
  }

  function drop(from: number, length: number, reason: DiscardReason, pieces: Piece[]): void {
    const to = from + length;
    while (from < to) {
      if (run !== undefined && run.reason !== reason) endRun(pieces);
      run ??= { from, to: from, reason };
      run.to = Math.min(to, run.from + runLimit);
      from = run.to;
      if (run.to - run.from === runLimit) endRun(pieces);
    }
  }

  function dropUnframed(from: number, length: number, pieces: Piece[]): void {
    const blamed = Math.min(length, Math.max(0, blame.until - from));
    drop(from, blamed, blame.reason, pieces);
    drop(from + blamed, length - blamed, "noise", pieces);
  }

  function condemn(from: number, length: number, reason: DiscardReason): void {
    // A failure inside a failure: the outer one names the reason.
    blame =
      from < blame.until
        ? { until: Math.max(blame.until, from + length), reason: blame.reason }
        : { until: from + length, reason };
  }

  function settle(pieces: Piece[], last: boolean): void {
    let taken = 0;
    while (taken < held) {
      const at = base + taken;
      let verdict = grammar.judge(buffer.subarray(taken, Math.min(held, taken + grammar.bound)), at);
      if (verdict.is === "more") {
        if (!last) break;
        verdict = { is: "bad", length: held - taken, reason: "cut" };
      }
      switch (verdict.is) {
        case "frame":
          endRun(pieces);
          pieces.push({
            is: "frame",
            bytes: buffer.slice(taken, taken + verdict.length),
            span: { from: at, to: at + verdict.length },
          });
          taken += verdict.length;
          blame = { until: 0, reason: "noise" };
          break;
        case "none":
          dropUnframed(at, verdict.length, pieces);
          taken += verdict.length;
          break;
        case "cut":
          condemn(at, verdict.length, "cut");
          dropUnframed(at, verdict.length, pieces);
          taken += verdict.length;
          break;
        case "bad":
          condemn(at, verdict.length, verdict.reason);
          dropUnframed(at, 1, pieces);
          taken += 1;
          break;
        default:
          verdict satisfies never;
      }
    }
    if (taken === 0) return;
    buffer.copyWithin(0, taken, held);
    held -= taken;
    base += taken;
  }

  return {
    push(chunk) {
      const pieces: Piece[] = [];
      // In slices, so that a huge chunk needs no huge buffer: what is undecided is shorter than the bound.
      const slice = Math.max(grammar.bound, 4096);
      for (let at = 0; at < chunk.length; at += slice) {
        const part = chunk.subarray(at, at + slice);
        if (held + part.length > buffer.length) {
          const larger = new Uint8Array(Math.max(held + part.length, 2 * buffer.length));
          larger.set(buffer.subarray(0, held));
          buffer = larger;
        }
        buffer.set(part, held);
        held += part.length;
        settle(pieces, false);
      }
      return pieces;
    },
    flush() {
      const pieces: Piece[] = [];
      settle(pieces, true);
      endRun(pieces);
      blame = { until: 0, reason: "noise" };
      return pieces;
    },
    get pending() {
      return held + (run === undefined ? 0 : run.to - run.from);
    },
    limit: grammar.bound + runLimit,
  };
}

/** Where a mark stands in a view: wholly at `at`, or as far as the view goes, or not. */
export function markAt(view: Uint8Array, at: number, mark: Uint8Array): "whole" | "begun" | "no" {
  const there = Math.min(mark.length, view.length - at);
  for (let i = 0; i < there; i++) if (view[at + i] !== mark[i]) return "no";
  return there === mark.length ? "whole" : "begun";
}

/** For each byte whether one of the marks begins with it. */
export function firstBytes(marks: readonly Uint8Array[]): Uint8Array {
  const table = new Uint8Array(256);
  for (const mark of marks) for (const byte of mark.subarray(0, 1)) table[byte] = 1;
  return table;
}
