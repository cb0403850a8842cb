import { describe, expect, it } from "vitest";
import { astmSum, crc8Maxim, crc16CcittFalse, hex, sum8, sum16, xor8 } from "../../src/driver-kit/checksums.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";

describe("checksums give the published check values", () => {
  it("CRC-16/CCITT-FALSE", () => expect(crc16CcittFalse(bytesOf("123456789"))).toBe(0x29b1));
  it("CRC-8/MAXIM", () => expect(crc8Maxim(bytesOf("123456789"))).toBe(0xa1));
  it("SUM16, on an OneTouch Ultra 2 line", () =>
    expect(hex(sum16(bytesOf('T "SAT","08/03/13","22:12:00   "')), 4)).toBe("0608"));
  it("ASTM sum, on the shortest header frame", () => expect(astmSum(bytesOf("1H\r\x03"))).toBe("89"));
  it("SUM8, on a TaiDoc command", () =>
    expect(sum8(Uint8Array.of(0x51, 0x22, 0x00, 0x00, 0x00, 0x00, 0xa3))).toBe(0x16));
  it("XOR8, on an SD Codefree command", () => expect(xor8(Uint8Array.of(0x10, 0x30))).toBe(0x20));
  it.each([
    ["1H|\\^&|||host|||||an1||P|1|20240101120000\r\x03", "A1"],
    ["2P|1\r\x03", "3F"],
    ["5L|1|N\r\x03", "08"],
    ["1A|B|C|D\r\x03", "BF"],
  ])("ASTM sum of %j is %s", (text, sum) => expect(astmSum(bytesOf(text))).toBe(sum));
  it("sums over thousands of high bytes do not overflow", () => {
    expect(sum16(new Uint8Array(100_000).fill(0xff))).toBe((100_000 * 0xff) % 0x10000);
  });
});
