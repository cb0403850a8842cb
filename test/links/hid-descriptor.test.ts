import fc from "fast-check";
import { expect, test } from "vitest";
import { topUsages } from "../../src/links/hid-descriptor.ts";

const bytes = (hex: string) => Uint8Array.from(hex.split(" "), (each) => Number.parseInt(each, 16));
const scale = "06 8D 00 09 20 A1 01 85 03 09 01 15 00 26 FF 00 75 08 95 05 81 02 C0";
const keyboard =
  "05 01 09 06 A1 01 05 07 19 E0 29 E7 15 00 25 01 75 01 95 08 81 02 95 06 75 08 15 00 25 65 05 07 19 00 29 65 81 00 C0";

test("a scale's and a keyboard's descriptors name what they are", () => {
  expect(topUsages(bytes(scale))).toEqual([{ usagePage: 0x8d, usage: 0x20 }]);
  expect(topUsages(bytes(keyboard))).toEqual([{ usagePage: 0x01, usage: 0x06 }]);
});

test("several top-level collections are several usages, and collections within them none", () => {
  const nested = "05 01 09 06 A1 01 09 3A A1 02 C0 C0";
  expect(topUsages(bytes(`${nested} ${scale}`))).toEqual([
    { usagePage: 0x01, usage: 0x06 },
    { usagePage: 0x8d, usage: 0x20 },
  ]);
});

test("a usage of four bytes brings its own page", () => {
  expect(topUsages(bytes("05 01 0B 02 00 8C 00 A1 01 C0"))).toEqual([{ usagePage: 0x8c, usage: 0x02 }]);
});

test("long items are passed over, and a descriptor cut short gives what came before the cut", () => {
  expect(topUsages(bytes(`FE 02 10 A1 01 ${scale}`))).toEqual([{ usagePage: 0x8d, usage: 0x20 }]);
  expect(topUsages(bytes("06 8D"))).toEqual([]);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (any) => topUsages(any).length <= any.length));
});
