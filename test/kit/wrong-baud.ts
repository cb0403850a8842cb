/**
 * What a port set to another speed than its instrument reads: the line's levels (8 data bits, no parity, 1 stop bit),
 * sampled in the middle of each bit that the port believes in. A missing stop bit is not told apart.
 */
export function misread(bytes: string, sentBaud: number, readBaud: number): Uint8Array {
  const bits = [...Buffer.from(bytes, "latin1")].flatMap((byte) => [
    0,
    ...Array.from({ length: 8 }, (_, i) => (byte >> i) & 1),
    1,
  ]);
  const level = (seconds: number): number => bits[Math.floor(seconds * sentBaud)] ?? 1;
  const end = bits.length / sentBaud;
  const step = 1 / (sentBaud * 16);
  const read: number[] = [];
  for (let at = 0; at < end; ) {
    if (level(at) === 1) {
      at += step;
      continue;
    }
    let byte = 0;
    for (let i = 0; i < 8; i++) byte |= level(at + (i + 1.5) / readBaud) << i;
    read.push(byte);
    at += 9.5 / readBaud;
  }
  return Uint8Array.from(read);
}
