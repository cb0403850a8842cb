import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MllpFramer, type MllpPiece, mllpBlock } from "../../src/hl7/mllp.ts";

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));
const text = (part: Uint8Array): string => String.fromCharCode(...part);

function frame(chunks: readonly Uint8Array[], bound?: number): string[] {
  const framer = new MllpFramer(bound);
  return [...chunks.flatMap((chunk) => framer.push(chunk)), ...framer.end()].map(plain);
}

function plain(piece: MllpPiece): string {
  const what = piece.kind === "block" ? text(piece.bytes) : `!${piece.reason}`;
  return `${piece.from}-${piece.to} ${what}`;
}

const stream = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.string({ unit: "grapheme-ascii", maxLength: 30 }).map((s) => `\v${s}\x1c\r`) },
      { weight: 1, arbitrary: fc.string({ maxLength: 20 }) },
      fc.constantFrom("\v", "\x1c", "\r", "\n", "\r\n", "\vMSH|half", "\vno return\x1c"),
    ),
    { maxLength: 12 },
  )
  .map((parts) => bytes(parts.join("")));

function cut(whole: Uint8Array, at: readonly number[]): Uint8Array[] {
  const places = [0, ...at.map((a) => a % (whole.length + 1)).sort((a, b) => a - b), whole.length];
  return places.slice(1).map((place, i) => whole.subarray(places[i], place));
}

describe("the MLLP framer", () => {
  it("gives the same pieces for every chunking", () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(500)), fc.constantFrom(10, 1000), (whole, at, bound) => {
        const expected = frame([whole], bound);
        expect(frame(cut(whole, at), bound)).toEqual(expected);
        expect(
          frame(
            Array.from(whole, (b) => Uint8Array.of(b)),
            bound,
          ),
        ).toEqual(expected);
      }),
    );
  });

  it("accounts for every byte once, but for line ends between blocks", () => {
    fc.assert(
      fc.property(stream, (whole) => {
        const framer = new MllpFramer(20);
        const pieces = [...framer.push(whole), ...framer.end()];
        let at = 0;
        for (const piece of [...pieces, { from: whole.length, to: whole.length }]) {
          expect(text(whole.subarray(at, piece.from))).toMatch(/^[\r\n]*$/);
          expect(piece.from).toBeGreaterThanOrEqual(at);
          at = piece.to;
        }
      }),
    );
  });

  it("never holds more than its bound", () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(500)), (whole, at) => {
        const framer = new MllpFramer(16);
        for (const chunk of cut(whole, at)) {
          framer.push(chunk);
          expect(framer.pending).toBeLessThanOrEqual(16);
        }
      }),
    );
  });

  it("finds the next good block after any garbage", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (garbage) => {
        const pieces = frame([garbage, mllpBlock(bytes("MSH|good"))], 64);
        expect(pieces.at(-1)).toMatch(/MSH\|good$/);
      }),
    );
  });

  it("takes a block as complete at FS, with or without the CR", () => {
    const framer = new MllpFramer();
    expect(framer.push(bytes("\vone\x1c")).map(plain)).toEqual(["0-5 one"]);
    expect(framer.push(bytes("\vtwo\x1c\r")).map(plain)).toEqual(["5-10 two"]);
    expect(framer.end()).toEqual([]);
  });

  it("takes line ends between blocks as nothing", () => {
    expect(frame([bytes("\r\n\vone\x1c\r\r\n\vtwo\x1c\r\n")])).toEqual(["2-7 one", "10-15 two"]);
  });

  it("reads the new block where the earlier one lost its end, and joins nothing", () => {
    expect(frame([bytes("\vMSH|first\vMSH|second\x1c\r")])).toEqual(["0-10 !cut", "10-22 MSH|second"]);
  });

  it("tells noise, an overlong block and an unfinished end", () => {
    expect(frame([bytes("hello\vone\x1c\r\v0123456789\x1c\r\vhalf")], 8)).toEqual([
      "0-5 !noise",
      "5-10 one",
      "11-24 !too-long",
      "24-29 !cut",
    ]);
  });

  it("does not keep what is pending in the caller's memory", () => {
    const framer = new MllpFramer();
    const chunk = bytes("\vMSH|");
    framer.push(chunk);
    chunk.fill(0);
    expect(framer.push(bytes("A\x1c")).map(plain)).toEqual(["0-7 MSH|A"]);
  });
});
