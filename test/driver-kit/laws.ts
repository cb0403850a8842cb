import fc from "fast-check";
import { expect } from "vitest";
import type { Framer, Piece } from "../../src/driver-kit/framers/piece.ts";
import { latin1 } from "../../src/driver-kit/text.ts";

/** A piece as text, for comparison and for messages. */
export function shown(piece: Piece): string {
  const span = `${piece.span.from}-${piece.span.to}`;
  return piece.is === "frame" ? `frame ${span} ${latin1(piece.bytes)}` : `${piece.reason} ${span}`;
}

/** Cuts an input into chunks, the places given as any numbers. */
function chunked(input: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [...new Set(cuts.map((cut) => cut % (input.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, i) => input.subarray(from, places[i] ?? input.length));
}

function all(framer: Framer, chunks: readonly Uint8Array[]): Piece[] {
  const pieces: Piece[] = [];
  let taken = 0;
  let told = 0;
  for (const chunk of chunks) {
    const now = framer.push(chunk);
    taken += chunk.length;
    for (const { span } of now) told += span.to - span.from;
    pieces.push(...now);
    expect(framer.pending, "pending is what was taken and not told").toBe(taken - told);
    expect(framer.pending, "pending stays within the limit").toBeLessThanOrEqual(framer.limit);
  }
  pieces.push(...framer.flush("silence"));
  expect(framer.pending, "nothing is pending after a flush").toBe(0);
  return pieces;
}

/**
 * The laws of framers, over inputs made of the given bytes (those that mean something to the framer, so that marks
 * come often) and over wholly random ones.
 */
export function obeysTheLaws(make: () => Framer, alphabet: string, numRuns = 500): void {
  const telling = fc
    .array(fc.constantFrom(...alphabet), { maxLength: 120 })
    .map((characters) => Uint8Array.from(characters, (c) => c.charCodeAt(0)));
  const input = fc.oneof(
    { arbitrary: telling, weight: 4 },
    { arbitrary: fc.uint8Array({ maxLength: 120 }), weight: 1 },
  );
  fc.assert(
    fc.property(input, fc.array(fc.nat(), { maxLength: 12 }), (bytes, cuts) => {
      const whole = all(make(), [bytes]);
      let next = 0;
      for (const { span } of whole) {
        expect(span.from, "pieces follow each other without gap or overlap").toBe(next);
        expect(span.to, "no piece is empty").toBeGreaterThan(span.from);
        next = span.to;
      }
      expect(next, "every byte is in a piece").toBe(bytes.length);
      for (const chunks of [chunked(bytes, cuts), [...bytes].map((byte) => Uint8Array.of(byte))])
        expect(all(make(), chunks).map(shown), "the same for every chunking").toEqual(whole.map(shown));
    }),
    { numRuns },
  );
}

/** After any garbage the next good frame is found, if the garbage is not such that it and the frame are one. */
export function recovers(make: () => Framer, alphabet: string, good: string, frame = good, between = ""): void {
  const goodBytes = Uint8Array.from(between + good, (c) => c.charCodeAt(0));
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...alphabet), { maxLength: 200 }), (garbage) => {
      const bytes = Uint8Array.from([...garbage.map((c) => c.charCodeAt(0)), ...goodBytes]);
      const last = all(make(), [bytes]).findLast((piece) => piece.is === "frame");
      expect(last?.is === "frame" ? latin1(last.bytes) : undefined).toBe(frame);
      expect(last?.span.to).toBe(bytes.length);
    }),
    { numRuns: 500 },
  );
}
