import { checkDigits } from "./check-digit.ts";

/** What the value of an application identifier must be. */
export interface Gs1Rule {
  /** Its length never varies and a table of the standard says so, so it ends without a separator. */
  readonly predefined?: number;
  /** Whether a value is sound: characters, length, check digit, date. */
  readonly fits: (value: string) => boolean;
}

/** GS1 General Specifications, figure 7.11-1: the characters that element strings may hold. */
const text = /^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]+$/;
const digits = /^\d+$/;

const words = (most: number): Gs1Rule => ({ fits: (value) => value.length <= most && text.test(value) });
const count = (most: number): Gs1Rule => ({ fits: (value) => value.length <= most && digits.test(value) });
const exactly = (length: number, more: (value: string) => boolean = () => true): Gs1Rule => ({
  fits: (value) => value.length === length && digits.test(value) && more(value),
});
const predefined = (length: number, more?: (value: string) => boolean): Gs1Rule => ({
  predefined: length,
  ...exactly(length, more),
});

const checked = checkDigits["mod10-3-1"];
/** A day of 00 is the month's last. */
const isDate = (yymmdd: string): boolean => isMonth(yymmdd.slice(2, 4)) && Number(yymmdd.slice(4, 6)) <= 31;
const isBirth = (date: string): boolean =>
  isMonth(date.slice(4, 6)) && Number(date.slice(6, 8)) >= 1 && Number(date.slice(6, 8)) <= 31;
const isTime = (hhmm: string): boolean => Number(hhmm.slice(0, 2)) <= 23 && Number(hhmm.slice(2, 4)) <= 59;
const isMonth = (month: string): boolean => Number(month) >= 1 && Number(month) <= 12;

/** Longest value of any application identifier; stands where no shorter length is known. */
const longest = 90;

const rules: Readonly<Record<string, Gs1Rule>> = {
  "00": predefined(18, checked),
  "01": predefined(14, checked),
  "02": predefined(14, checked),
  "10": words(20),
  "20": predefined(2),
  "21": words(20),
  "22": words(20),
  "30": count(8),
  "37": count(8),
  "90": words(30),
  "240": words(30),
  "241": words(30),
  "400": words(30),
  "7003": exactly(10, (value) => isDate(value) && isTime(value.slice(6))),
  "7241": exactly(2),
  "7242": words(25),
  "7250": exactly(8, isBirth),
  "7251": exactly(12, (value) => isBirth(value) && isTime(value.slice(8))),
  "7252": { fits: (value) => /^[0129]$/.test(value) },
  "7253": words(longest),
  "7254": words(longest),
  "7255": words(longest),
  "7256": words(longest),
  "7257": words(longest),
  "7258": { fits: (value) => /^[1-9]\/[1-9]$/.test(value) },
  "7259": words(40),
  "8003": words(longest),
  "8004": words(longest),
  "8017": exactly(18, checked),
  "8018": exactly(18, checked),
  "8019": words(longest),
  "8020": words(25),
};

/** The rule of an application identifier of two to four digits; nothing where it is not in the table. */
export function gs1Rule(ai: string): Gs1Rule | undefined {
  if (Object.hasOwn(rules, ai)) return rules[ai];
  if (/^1[1-9]$/.test(ai)) return predefined(6, isDate);
  if (/^3[1-6]\d\d$/.test(ai)) return predefined(6);
  if (/^41\d$/.test(ai)) return predefined(13, checked);
  return /^9[1-9]$/.test(ai) ? words(longest) : undefined;
}

/** Whether these application identifiers may stand in one code. */
export function mayStandTogether(ais: ReadonlySet<string>): boolean {
  // The provider and the recipient of a service are not the same person.
  if (ais.has("8017") && ais.has("8018")) return false;
  // A whole name beside its parts would be two names.
  if (ais.has("7256") && ["7253", "7254", "7255"].some((part) => ais.has(part))) return false;
  return !ais.has("7241") || ais.has("8017") || ais.has("8018");
}
