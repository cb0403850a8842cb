import { type Delimiters, standardDelimiters, type WritingDelimiters } from "./delimiters.ts";

/**
 * Writes a value so that it is read back as itself and as nothing else, whatever it holds: delimiters become `\F\ \S\
 * \T\ \R\ \E\` (and `\P\`), control characters `\Xhh\`, since a carriage return would end the segment and `\.br\` is a
 * formatting command of the FT type alone. A value of exactly two quotes is written as hex, for bare it means "delete".
 * HL7 v2.5.1 chapter 2, section 2.7.
 */
export type Escape = (value: string) => string;

/** The writer for these delimiters; make it once and keep it. */
export function escaper(delimiters: WritingDelimiters): Escape {
  if (delimiters === standardDelimiters) return escapeStandard;
  return makeEscape(delimiters);
}

function makeEscape(delimiters: WritingDelimiters): Escape {
  const { field, component, repetition, escaping: e, subcomponent, truncation } = delimiters;
  const codes = new Map([
    [field, `${e}F${e}`],
    [component, `${e}S${e}`],
    [subcomponent, `${e}T${e}`],
    [repetition, `${e}R${e}`],
    [e, `${e}E${e}`],
  ]);
  if (truncation !== undefined) codes.set(truncation, `${e}P${e}`);
  for (const control of controls) codes.set(control, `${e}X${hex(control.charCodeAt(0))}${e}`);
  const special = new Uint8Array(128);
  for (const character of codes.keys()) special[character.charCodeAt(0)] = 1;
  const quotes = `${e}X2222${e}`;
  return (value) => {
    // Nearly all values need nothing done, so that finding this out is what counts.
    for (let i = 0; i < value.length; i++) {
      if (special[value.charCodeAt(i)] === 1) return value.slice(0, i) + escapeFrom(value, i, codes);
    }
    return value === '""' ? quotes : value;
  };
}

function escapeFrom(value: string, start: number, codes: ReadonlyMap<string, string>): string {
  let text = "";
  for (let i = start; i < value.length; i++) text += codes.get(value.charAt(i)) ?? value.charAt(i);
  return text;
}

const controls = Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).concat("\u007f");
const escapeStandard = makeEscape(standardDelimiters);

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, "0");
}

/** Codes that are known to stand for something else than a character: highlighting, formatting, character sets, local. */
const formatting = /^(?:[HN]|\.[A-Za-z]{2}[+-]?\d*|[CMZ][0-9A-Za-z]*|X.*)$/;

/**
 * The text that a value of a message stands for. Escapes that have no plain text (highlighting, local ones, broken hex)
 * and lone escape characters stay as they are; `\.br\` is read as a line feed.
 */
export function unescapeText(raw: string, delimiters: Delimiters): string {
  const { escaping } = delimiters;
  if (escaping === undefined) return raw;
  let start = raw.indexOf(escaping);
  if (start === -1) return raw;
  let text = "";
  let done = 0;
  while (start !== -1) {
    const end = raw.indexOf(escaping, start + 1);
    if (end === -1) break;
    const code = raw.slice(start + 1, end);
    const meaning = decode(code, delimiters);
    if (meaning !== undefined) {
      text += raw.slice(done, start) + meaning;
      done = end + 1;
      start = raw.indexOf(escaping, done);
    } else if (formatting.test(code)) {
      start = raw.indexOf(escaping, end + 1);
    } else {
      // No escape at all (a path with single backslashes): the second character may open a real one.
      start = end;
    }
  }
  return text + raw.slice(done);
}

function decode(code: string, delimiters: Delimiters): string | undefined {
  switch (code) {
    case "F":
      return delimiters.field;
    case "S":
      return delimiters.component;
    case "T":
      return delimiters.subcomponent;
    case "R":
      return delimiters.repetition;
    case "E":
      return delimiters.escaping;
    case "P":
      return delimiters.truncation;
    case ".br":
      return "\n";
    default:
      return code.startsWith("X") ? decodeHex(code.slice(1)) : undefined;
  }
}

/** The bytes are of the message's character set; beyond ASCII only what is UTF-8 is understood. */
function decodeHex(digits: string): string | undefined {
  if (!/^(?:[0-9A-Fa-f]{2})+$/.test(digits)) return undefined;
  const bytes = new Uint8Array(digits.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
