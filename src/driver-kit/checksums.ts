/** Checksums of the instruments' protocols. All are taken over raw bytes, never over decoded text. */

/** Sum of bytes modulo 256. TaiDoc; Clinitek 50. */
export function sum8(bytes: Uint8Array): number {
  return sum16(bytes) & 0xff;
}

/** Sum of bytes modulo 65536. OneTouch Ultra 2, FreeStyle serial. */
export function sum16(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) sum = (sum + byte) & 0xffff;
  return sum;
}

/** Exclusive or of bytes. SD Codefree, CAS SW-II. */
export function xor8(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) sum ^= byte;
  return sum;
}

/**
 * The two upper-case hex digits of an ASTM E1381 / CLSI LIS01 frame: the sum modulo 256 from the frame number through
 * ETX or ETB. `bytes` is that range: without STX, with ETX or ETB.
 */
export function astmSum(bytes: Uint8Array): string {
  return hex(sum8(bytes), 2);
}

/** What a byte does to the CRC. Bit by bit would cost ten times as much, and each false start in noise costs a frame. */
const ccitt = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021;
  return crc;
});

/** CRC-16/CCITT-FALSE: polynomial 0x1021, start 0xFFFF, not reflected. LifeScan binary, i-SENS. */
export function crc16CcittFalse(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) crc = ((crc << 8) & 0xffff) ^ (ccitt[(crc >> 8) ^ byte] ?? 0);
  return crc;
}

/** CRC-8/MAXIM: polynomial 0x31 reflected, start 0, or where the bytes before left off. GlucoMen areo. */
export function crc8Maxim(bytes: Uint8Array, before = 0): number {
  let crc = before;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >> 1 : (crc >> 1) ^ 0x8c;
  }
  return crc;
}

/** A number as upper-case hex digits, with leading zeros. */
export function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, "0");
}
