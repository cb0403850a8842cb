/** Bytes of a message as text, and the character set that they were read as. */
export interface DecodedText {
  readonly text: string;
  readonly charset: "utf-8" | "iso-8859-1";
}

/**
 * Reads a message's bytes as what its MSH-18 says (table 0211), and otherwise as UTF-8 where they are valid UTF-8 and as
 * ISO 8859-1 where they are not, for senders leave MSH-18 out or write in it what is not so. Never fails: every byte
 * string is ISO 8859-1. Other sets are read as one of the two.
 */
export function decodeText(bytes: Uint8Array): DecodedText {
  const latin = latinDeclared(bytes);
  const text = latin ? undefined : utf8(bytes);
  return text === undefined ? { text: latin1(bytes), charset: "iso-8859-1" } : { text, charset: "utf-8" };
}

/** The bytes that {@link decodeText} would read as this text, in UTF-8. */
export function encodeText(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192)
    text += Reflect.apply(String.fromCharCode, undefined, bytes.subarray(i, i + 8192));
  return text;
}

/** Whether MSH-18 says `8859/1`. Its own characters are ASCII in every set that matters here. */
function latinDeclared(bytes: Uint8Array): boolean {
  const cr = bytes.indexOf(0x0d);
  const header = latin1(bytes.subarray(0, Math.min(cr === -1 ? bytes.length : cr, 1024)));
  const start = header.indexOf("MSH");
  if (start === -1) return false;
  return (
    header
      .slice(start)
      .split(header.charAt(start + 3))[17]
      ?.startsWith("8859/1") === true
  );
}
