/** How an analyzer writes letters beyond ASCII. Sites differ; Latin-1 is usual. */
export const encodings = ["latin-1", "utf-8", "windows-1251"] as const;
export type Encoding = (typeof encodings)[number];

/** Decodes text that has one character a byte. Bytes that the encoding does not know become U+FFFD. */
export function decode(bytes: string, encoding: Encoding): string {
  if (encoding === "latin-1") return bytes;
  return new TextDecoder(encoding).decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
}
