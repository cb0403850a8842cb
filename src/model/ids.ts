/**
 * Identifiers, minted once and never changed. Pure: the present time and the randomness come in.
 */

/** Each byte as two hexadecimal digits. */
const hex: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** A UUID version 7 (RFC 9562 section 5.7): sorted by the millisecond of its making. `random` gives 10 bytes. */
export function uuidv7(unixMs: number, random: Uint8Array): string {
  const time = timeDigits(Math.max(0, Math.floor(unixMs)));
  const digits = (at: number): string => hex[random[at] ?? 0] ?? "";
  const a = `${digits(0)}${digits(1)}`.slice(0, 3);
  const b = `${hex[((random[2] ?? 0) & 0x3f) | 0x80]}${digits(3)}`;
  const rest = `${digits(4)}${digits(5)}${digits(6)}${digits(7)}${digits(8)}${digits(9)}`;
  return `${time}-7${a}-${b}-${rest}`;
}

/** The same text for the same millisecond: in a burst many ids are minted within one. */
let lastTime = { ms: 0, digits: "00000000-0000" };
function timeDigits(ms: number): string {
  if (lastTime.ms !== ms) {
    const digits = ms.toString(16).padStart(12, "0");
    lastTime = { ms, digits: `${digits.slice(0, 8)}-${digits.slice(8)}` };
  }
  return lastTime.digits;
}

/**
 * The HL7 message control id (MSH-10) of a delivery: at most 20 characters, which every version of HL7 allows, of
 * `0-9A-Z`, from all of the UUID's time and 54 of its random bits.
 */
export function controlIdOf(uuid: string): string {
  // 48 bits of time, then the random part without the fixed version and variant digits, cut to 54 bits.
  const random = BigInt(`0x${uuid.slice(15, 18)}${uuid.slice(20, 23)}${uuid.slice(24)}`) & ((1n << 54n) - 1n);
  const all = (BigInt(`0x${uuid.slice(0, 8)}${uuid.slice(9, 13)}`) << 54n) | random;
  return all.toString(36).toUpperCase().padStart(20, "0");
}
