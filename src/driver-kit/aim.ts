/** The letters of the AIM symbology identifiers `]cm` that are known: Code 39, Code 128, EAN/UPC, QR and so on. */
const letters = "ACEeFIdQLzGMUXZ";

/** `]Z`: no barcode. Scanners send it before their answers to commands. */
const noBarcode = "Z";

/** A scan's text with its AIM identifier taken off. */
export type Labelled =
  | { readonly is: "labelled"; readonly symbology: string; readonly text: string }
  | { readonly is: "plain"; readonly text: string }
  | { readonly is: "no-barcode" };

/** Takes off a leading AIM identifier: `]`, a known letter, and a modifier that is a letter or digit. */
export function labelled(text: string): Labelled {
  const letter = text.charAt(1);
  if (text.charAt(0) !== "]" || letter === "" || !letters.includes(letter) || !/^[0-9A-Za-z]$/.test(text.charAt(2)))
    return { is: "plain", text };
  if (letter === noBarcode) return { is: "no-barcode" };
  return { is: "labelled", symbology: text.slice(0, 3), text: text.slice(3) };
}

/** The longest text that a code can hold: a QR code of version 40. */
export const longestCode = 4296;
