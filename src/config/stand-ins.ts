import { z } from "zod";

/**
 * What stands in for parts of a text that cannot be read, so that the parts around them can be looked at. There are two
 * sets of them, `a` and `b`, which differ in everything that they can: what is said of a text with either of them in it
 * is true of what was written, and what is said with one alone came from the stand-in.
 */
export class StandIns {
  readonly set: "a" | "b";
  readonly #given = new Set<unknown>();
  #count = 0;

  constructor(set: "a" | "b") {
    this.set = set;
  }

  /** Whether this is one that was given, and no word that was evidently meant. */
  gave(value: unknown): boolean {
    return this.#given.has(value);
  }

  /** A value that the schema takes, in place of what was written; nothing where none is known. */
  give(schema: z.core.$ZodType, written: unknown): unknown {
    const word = asWord(written);
    if (word !== undefined && takes(schema, word) && !takes(schema, "no word")) return word;
    const value = this.#made(schema);
    if (typeof value === "string" || typeof value === "object") this.#given.add(value);
    return value;
  }

  /** The first of several alternatives, or the last. */
  choose<T>(alternatives: readonly T[]): T | undefined {
    return alternatives.at(this.set === "a" ? 0 : -1);
  }

  #made(schema: z.core.$ZodType): unknown {
    if (schema instanceof z.ZodObject) {
      const keys = Object.entries<z.core.$ZodType>(schema.shape).filter(([, of]) => this.set === "b" || isRequired(of));
      return Object.fromEntries(keys.map(([key, of]) => [key, this.#made(of)]));
    }
    if (schema instanceof z.ZodArray) return this.set === "a" && takes(schema, []) ? [] : [this.#made(schema.element)];
    if (schema instanceof z.ZodRecord)
      return this.set === "a" ? {} : { [String(this.#made(schema.keyType))]: this.#made(schema.valueType) };
    if (schema instanceof z.ZodTuple) return schema.def.items.map((item) => this.#made(item));
    if (schema instanceof z.ZodUnion) return this.#made(this.choose(schema.options) ?? schema);
    if (schema instanceof z.ZodEnum) return this.choose(schema.options);
    if (schema instanceof z.ZodLiteral) return this.choose([...schema.values]);
    if (schema instanceof z.ZodBoolean) return this.set === "b";
    const inner = unwrapped(schema);
    if (inner !== undefined) return this.#made(inner);
    return this.#plain().find((value) => takes(schema, value));
  }

  /** Texts and numbers of the forms that a configuration has, none of them given before. */
  #plain(): readonly unknown[] {
    this.#count += 1;
    const name = `unread-${this.set}${this.#count}`;
    const n = 2 * this.#count + (this.set === "a" ? 0 : 1);
    const hex = n.toString(16).padStart(4, "0");
    const scheme = this.set === "a" ? "mqtt" : "mqtts";
    const template = `${this.set === "a" ? "" : "is "}{${name}:number(9)}`;
    return [name, `${n}ms`, `${scheme}://${name}`, hex, `]X${n % 10}`, `${n}-0`, template, n, 60 + n, 1000 * n, 1];
  }
}

/** `Exam room 4` as an id would be written. */
export function asWord(written: unknown): string | undefined {
  if (typeof written !== "string" && typeof written !== "number") return undefined;
  const plain = String(written)
    .toLowerCase()
    .match(/[a-z0-9]+/g);
  return plain?.join("-");
}

/** What is inside of an optional value or one with a default. */
export function unwrapped(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  const wraps =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault;
  return wraps ? schema.unwrap() : undefined;
}

export const takes = (schema: z.core.$ZodType, value: unknown): boolean => z.safeParse(schema, value).success;

export const isRequired = (schema: z.core.$ZodType): boolean => !takes(schema, undefined);
