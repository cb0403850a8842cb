/**
 * Identifiers, minted once and never changed. Pure: the present time and the randomness come in.
 */

/** A UUID version 7 (RFC 9562 section 5.7): sorted by the millisecond of its making. `random` gives 10 bytes. */
export function uuidv7(unixMs: number, random: Uint8Array): string {
  const time = Math.max(0, Math.floor(unixMs)).toString(16).padStart(12, "0");
  const bytes = Array.from(random.subarray(0, 10), (b) => b.toString(16).padStart(2, "0")).join("");
  const variant = ((Number.parseInt(bytes.slice(3, 4), 16) & 0x3) | 0x8).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${bytes.slice(0, 3)}-${variant}${bytes.slice(4, 7)}-${bytes.slice(7, 19)}`;
}

/**
 * The HL7 message control id (MSH-10) of a delivery: at most 20 characters, which every version of HL7 allows, of
 * `0-9A-Z`, from all of the UUID's time and 54 of its random bits.
 */
export function controlIdOf(uuid: string): string {
  const hex = uuid.replaceAll("-", "");
  // 48 bits of time, then the random part without the fixed version and variant digits, cut to 54 bits.
  const random = BigInt(`0x${hex.slice(13, 16)}${hex.slice(17)}`) & ((1n << 54n) - 1n);
  const all = (BigInt(`0x${hex.slice(0, 12)}`) << 54n) | random;
  return all.toString(36).toUpperCase().padStart(20, "0");
}
