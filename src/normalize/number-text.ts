/** Digits as an instrument wrote them, and the number that they stand for. */
export interface NumberText {
  /** Cleaned of padding only: blanks, a plus sign, leading zeros, a point without digits. `098.60` becomes `98.60`. */
  readonly text: string;
  /** For limits and sorting; never sent. */
  readonly number: number;
  /** Digits after the point. */
  readonly decimals: number;
}

/** Reads a decimal number in plain digits; nothing for anything else: no exponent, no comma, no blank inside. */
export function parseNumberText(raw: string): NumberText | undefined {
  const match = /^ *([+-]?)(\d*)(?:\.(\d*))? *$/.exec(raw);
  if (match === null) return undefined;
  const [, sign = "", whole = "", fraction = ""] = match;
  if (whole === "" && fraction === "") return undefined;
  const digits = whole.replace(/^0+(?=\d)/, "") || "0";
  const text = `${sign === "-" ? "-" : ""}${digits}${fraction === "" ? "" : `.${fraction}`}`;
  return { text, number: Number(text), decimals: fraction.length };
}
