/** The characters of CLSI LIS01 / ASTM E1381 that steer a transfer. */
export const STX = 0x02;
export const ETX = 0x03;
export const EOT = 0x04;
export const ENQ = 0x05;
export const ACK = 0x06;
export const LF = 0x0a;
export const CR = 0x0d;
export const NAK = 0x15;
export const ETB = 0x17;

/**
 * Whether a byte may not stand in a frame's text: SOH, ACK, DLE, DC1 to DC4, NAK, SYN. NUL is refused besides, for it
 * adds nothing to the sum, so that a lost or an added one would not be seen. STX, EOT, ENQ, ETX, ETB and LF never get
 * here: each of them ends the text.
 */
export function forbidden(byte: number): boolean {
  return byte === 0x00 || byte === 0x01 || byte === ACK || (byte >= 0x10 && byte <= 0x16);
}
