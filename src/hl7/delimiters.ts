/**
 * The characters that give an HL7 v2 message its structure, as its own MSH-1 and MSH-2 declare them. A header may leave
 * out what it does not use, from the end: `^~` and `^~\` are legal, and 2.7 adds a fifth, `^~\&#`.
 */
export interface Delimiters {
  /** MSH-1. */
  readonly field: string;
  readonly component: string;
  readonly repetition?: string;
  readonly escaping?: string;
  readonly subcomponent?: string;
  /** From 2.7: marks a value that was cut. */
  readonly truncation?: string;
}

/** What writing needs: without an escape character there would be values that cannot be written. */
export type WritingDelimiters = Required<Omit<Delimiters, "truncation">> & Pick<Delimiters, "truncation">;

/** `|^~\&`: what IHE asks for and all receivers take. */
export const standardDelimiters: WritingDelimiters = {
  field: "|",
  component: "^",
  repetition: "~",
  escaping: "\\",
  subcomponent: "&",
};

/**
 * The delimiters that an MSH segment declares, or nothing where it declares none that could work: fewer than one,
 * more than five, one twice, or a letter, a digit, a blank or a control character among them.
 */
export function readDelimiters(header: string): Delimiters | undefined {
  const field = header.charAt(3);
  const end = header.indexOf(field, 4);
  const encoding = header.slice(4, end === -1 ? undefined : end);
  const [component, repetition, escaping, subcomponent, truncation] = encoding;
  if (component === undefined || encoding.length > 5) return undefined;
  const all = field + encoding;
  if (new Set(all).size !== all.length || !/^[!-/:-@[-`{-~]+$/.test(all)) return undefined;
  return {
    field,
    component,
    ...(repetition === undefined ? {} : { repetition }),
    ...(escaping === undefined ? {} : { escaping }),
    ...(subcomponent === undefined ? {} : { subcomponent }),
    ...(truncation === undefined ? {} : { truncation }),
  };
}

/** MSH-2 as these delimiters are declared. */
export function encodingCharacters(delimiters: Delimiters): string {
  const { component, repetition = "", escaping = "", subcomponent = "", truncation = "" } = delimiters;
  return component + repetition + escaping + subcomponent + truncation;
}
