/** Bytes as text, one Latin-1 character a byte. Loses nothing: `bytesOf` gives the same bytes back. */
export function latin1(bytes: Uint8Array): string {
  let text = "";
  // Few bytes one by one, more in one call: each way is the faster one there. In slices, for each argument takes room on
  // the stack.
  if (bytes.length < 16) for (let at = 0; at < bytes.length; at++) text += String.fromCharCode(bytes[at] ?? 0);
  else
    for (let at = 0; at < bytes.length; at += 4096)
      text += Reflect.apply(String.fromCharCode, undefined, bytes.subarray(at, at + 4096));
  return text;
}

/** Whether every character of a text stands for one byte. */
export function isLatin1(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0xff) return false;
  return true;
}

/** A text's bytes, one a Latin-1 character. A character beyond U+00FF is a mistake of the caller, and thrown. */
export function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0xff) throw new RangeError(`U+${code.toString(16).padStart(4, "0")} at ${at} is no byte`);
    bytes[at] = code;
  }
  return bytes;
}

/** A number as instruments write it, taken apart. `text` is the input itself, digit for digit. */
export interface NumberText {
  readonly text: string;
  readonly value: number;
  readonly decimals: number;
}

/**
 * Reads a number from a closed grammar: an optional sign, digits, and optionally a point with digits on both sides.
 * Blanks, exponents, thousands separators, `.5` and `5.` are no numbers: whoever writes those has another grammar.
 */
export function number(text: string): NumberText | undefined {
  const match = /^[+-]?[0-9]+(?:\.([0-9]+))?$/.exec(text);
  if (match === null) return undefined;
  return { text, value: Number(text), decimals: match[1]?.length ?? 0 };
}
