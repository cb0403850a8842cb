const width = 16;

/** Bytes as people read them: sixteen a line, in hex and as text, `<` from the instrument and `>` to it. */
export function hexDump(ms: number, direction: "<" | ">", bytes: Uint8Array): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += width) {
    const piece = bytes.subarray(at, at + width);
    const hex = Array.from(piece, (b) => b.toString(16).padStart(2, "0")).join(" ");
    const text = Array.from(piece, (b) => (b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : "·")).join("");
    const time = at === 0 ? `${Math.round(ms)} ms` : "";
    lines.push(`${time.padStart(10)} ${direction} ${hex.padEnd(width * 3 - 1)}  ${text}`);
  }
  return lines;
}
