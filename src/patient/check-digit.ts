/** Check digits at the end of identifiers. Each answers whether the whole identifier, its check digit included, is sound. */
export type CheckDigit = "luhn" | "nhs" | "mod10-3-1" | "mod37-2";

export const checkDigits: Readonly<Record<CheckDigit, (identifier: string) => boolean>> = {
  luhn: (identifier) => {
    if (!/^\d{2,}$/.test(identifier)) return false;
    const sum = fromRight(identifier).reduce((total, digit, i) => {
      const weighed = i % 2 === 1 ? digit * 2 : digit;
      return total + (weighed > 9 ? weighed - 9 : weighed);
    }, 0);
    return sum % 10 === 0;
  },

  /** NHS number: weights 10 to 2 over nine digits, check 11 - rest; 11 is written 0, and 10 makes no number. */
  nhs: (identifier) => {
    if (!/^\d{10}$/.test(identifier)) return false;
    const digits = Array.from(identifier, Number);
    const rest = digits.slice(0, 9).reduce((total, digit, i) => total + digit * (10 - i), 0) % 11;
    const check = rest === 0 ? 0 : 11 - rest;
    return check !== 10 && check === digits[9];
  },

  /** GS1 General Specifications 7.9.1: weights 3 and 1 from the right over the digits before the check digit. */
  "mod10-3-1": (identifier) => {
    if (!/^\d{2,}$/.test(identifier)) return false;
    const sum = fromRight(identifier).reduce((total, digit, i) => total + digit * (i % 2 === 1 ? 3 : 1), 0);
    return sum % 10 === 0;
  },

  /** ISO 7064 MOD 37-2: digits and capitals, the check character last, `*` standing for 36. */
  "mod37-2": (identifier) => {
    if (!/^[0-9A-Z]+[0-9A-Z*]$/.test(identifier)) return false;
    let p = 0;
    for (const char of identifier.slice(0, -1)) p = ((p + alphabet.indexOf(char)) * 2) % 37;
    return alphabet[(38 - p) % 37] === identifier.at(-1);
  },
};

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*";

const fromRight = (digits: string): readonly number[] => Array.from(digits, Number).reverse();
