/** What a key means: a character of the text, an end of it, or nothing that is known. */
export type Key =
  | { readonly is: "character"; readonly character: string }
  | { readonly is: "enter" }
  | { readonly is: "tab" }
  | { readonly is: "unknown" };

/** The bits of a boot report's first byte. */
export const modifiers = { control: 0x11, shift: 0x22, alt: 0x44, gui: 0x88 } as const;

/** HID usage tables, page 0x07, as a US keyboard has them: without shift, and with it. From the code that is given. */
const rows: readonly { readonly from: number; readonly plain: string; readonly shifted?: string }[] = [
  { from: 0x04, plain: "abcdefghijklmnopqrstuvwxyz", shifted: "ABCDEFGHIJKLMNOPQRSTUVWXYZ" },
  { from: 0x1e, plain: "1234567890", shifted: "!@#$%^&*()" },
  { from: 0x2c, plain: " -=[]\\", shifted: " _+{}|" },
  { from: 0x33, plain: ";'`,./", shifted: ':"~<>?' },
  // The keypad, with Num Lock on.
  { from: 0x54, plain: "/*-+" },
  { from: 0x59, plain: "1234567890." },
];

const enter = [0x28, 0x58];
const tab = 0x2b;
const rightBracket = 0x30;

/**
 * What a key of a US keyboard means under the modifiers of its report. Control and `]` are GS, which separates the fields
 * of GS1 codes; any other key with control, alt or GUI is unknown, and so are shifted keypad keys and all key codes that
 * are not in the table (Caps Lock, function keys, keys of other countries, the codes that say "too many keys").
 */
export function keyOf(code: number, pressed: number): Key {
  if ((pressed & (modifiers.alt | modifiers.gui)) !== 0) return { is: "unknown" };
  const shift = (pressed & modifiers.shift) !== 0;
  if ((pressed & modifiers.control) !== 0)
    return code === rightBracket && !shift ? { is: "character", character: "\x1d" } : { is: "unknown" };
  if (!shift && enter.includes(code)) return { is: "enter" };
  if (!shift && code === tab) return { is: "tab" };
  const row = rows.find(({ from, plain }) => code >= from && code < from + plain.length);
  const character = row === undefined ? undefined : (shift ? row.shifted : row.plain)?.charAt(code - row.from);
  return character === undefined ? { is: "unknown" } : { is: "character", character };
}

/** The boot report's keys that were not down in the report before it, in the report's order. */
export function newKeys(report: Uint8Array, before: Uint8Array): readonly number[] {
  const held = before.subarray(2);
  return Array.from(report.subarray(2)).filter((code) => code !== 0 && !held.includes(code));
}
