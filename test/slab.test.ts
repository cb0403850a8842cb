import fc from "fast-check";
import { expect, it } from "vitest";
import { Slab } from "../src/slab.ts";

it("texts of any length and of any characters stay what they were, whatever is written after them", () => {
  const text = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 300 }),
    fc.nat({ max: 9000 }).map((length) => "µ".repeat(length)),
  );
  fc.assert(
    fc.property(fc.array(text, { maxLength: 60 }), (texts) => {
      const slab = new Slab();
      const pieces = texts.map((one) => slab.encode(one));
      expect(pieces.map((piece) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(piece))).toEqual(texts);
    }),
  );
});
