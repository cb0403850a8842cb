import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { controlIdOf, uuidv7 } from "../../src/model/ids.ts";

const random = fc.uint8Array({ minLength: 10, maxLength: 10 });
const moment = fc.integer({ min: 0, max: 2 ** 48 - 1 });

describe("Identifiers", () => {
  it("have the form of a UUID version 7", () => {
    fc.assert(
      fc.property(moment, random, (ms, bytes) => {
        expect(uuidv7(ms, bytes)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      }),
    );
  });

  it("sort by the moment of their making, and so do the control ids made from them", () => {
    fc.assert(
      fc.property(moment, moment, random, random, (a, b, x, y) => {
        fc.pre(a < b);
        expect(uuidv7(a, x) < uuidv7(b, y)).toBe(true);
        expect(controlIdOf(uuidv7(a, x)) < controlIdOf(uuidv7(b, y))).toBe(true);
      }),
    );
  });

  it("give control ids of 20 characters that every version of HL7 takes", () => {
    fc.assert(
      fc.property(moment, random, (ms, bytes) => {
        expect(controlIdOf(uuidv7(ms, bytes))).toMatch(/^[0-9A-Z]{20}$/);
      }),
    );
  });

  it("give different control ids for UUIDs of one millisecond", () => {
    const ids = new Set<string>();
    for (let n = 0; n < 5000; n++)
      ids.add(controlIdOf(uuidv7(1_790_000_000_000, crypto.getRandomValues(new Uint8Array(10)))));
    expect(ids.size).toBe(5000);
  });
});
