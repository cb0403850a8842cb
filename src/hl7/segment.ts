import type { Delimiters } from "./delimiters.ts";
import { unescapeText } from "./escape.ts";

/** One field, wholly read: repetitions of components of subcomponents, each the text that it stands for. */
export type FieldTree = readonly (readonly (readonly string[])[])[];

/** One segment of a parsed message. Immutable; its fields are split when first asked for. */
export class Segment {
  /** Three characters, upper case, for some senders write `pid`. */
  readonly id: string;
  /** As it stood in the message, without its end. */
  readonly raw: string;
  /** What ended it, as it stood: `\r`, `\n`, `\r\n`, several of them, or nothing at the end of a message. */
  readonly terminator: string;
  readonly #delimiters: Delimiters;
  #fields: readonly string[] | undefined;

  constructor(raw: string, terminator: string, delimiters: Delimiters) {
    this.id = raw.slice(0, 3).toUpperCase();
    this.raw = raw;
    this.terminator = terminator;
    this.#delimiters = delimiters;
  }

  /** The number of the last field that the segment has, empty or not. */
  get length(): number {
    return this.#split().length - (this.id === "MSH" ? 0 : 1);
  }

  /** A field as it stands on the wire, escapes and delimiters included; empty where there is none. */
  field(number: number): string {
    const fields = this.#split();
    if (this.id !== "MSH") return number === 0 ? "" : (fields[number] ?? "");
    return number === 1 ? this.#delimiters.field : (fields[number - 1] ?? "");
  }

  /**
   * The text of one value, or nothing where it is empty. A field without components is its own first component, so
   * that a receiver reads a value that its sender gave a richer type. HL7's "delete" comes as `""`.
   */
  get(field: number, component = 1, subcomponent = 1, repetition = 1): string | undefined {
    const whole = this.field(field);
    if (whole === "") return undefined;
    const delimiters = this.#delimiters;
    if (this.id === "MSH" && field <= 2) return component * subcomponent * repetition === 1 ? whole : undefined;
    const repeated = part(whole, delimiters.repetition, repetition);
    const raw = part(part(repeated, delimiters.component, component), delimiters.subcomponent, subcomponent);
    return raw === "" ? undefined : unescapeText(raw, delimiters);
  }

  /** A whole field; an empty one has no repetitions. */
  tree(field: number): FieldTree {
    const whole = this.field(field);
    if (whole === "") return [];
    if (this.id === "MSH" && field <= 2) return [[[whole]]];
    return readTree(whole, this.#delimiters);
  }

  #split(): readonly string[] {
    this.#fields ??= this.raw.split(this.#delimiters.field);
    return this.#fields;
  }
}

const none = -1;

/** One pass, one slice a leaf: whoever rebuilds or shows a message reads all of it. */
function readTree(whole: string, delimiters: Delimiters): FieldTree {
  const component = delimiters.component.charCodeAt(0);
  const repetition = delimiters.repetition?.charCodeAt(0) ?? none;
  const subcomponent = delimiters.subcomponent?.charCodeAt(0) ?? none;
  const escaping = delimiters.escaping?.charCodeAt(0) ?? none;
  let subcomponents: string[] = [];
  let components: (readonly string[])[] = [subcomponents];
  const tree: (readonly (readonly string[])[])[] = [components];
  let from = 0;
  let escaped = false;
  const length = whole.length;
  for (let i = 0; i < length; i++) {
    const code = whole.charCodeAt(i);
    if (code === component || code === repetition || code === subcomponent) {
      const leaf = whole.slice(from, i);
      subcomponents.push(escaped ? unescapeText(leaf, delimiters) : leaf);
      from = i + 1;
      escaped = false;
      if (code === subcomponent) continue;
      subcomponents = [];
      if (code === component) {
        components.push(subcomponents);
      } else {
        components = [subcomponents];
        tree.push(components);
      }
    } else if (code === escaping) {
      escaped = true;
    }
  }
  const last = from === 0 ? whole : whole.slice(from);
  subcomponents.push(escaped ? unescapeText(last, delimiters) : last);
  return tree;
}

/** The n-th of the parts, counted from 1, without making the others. */
function part(text: string, by: string | undefined, n: number): string {
  let from = 0;
  if (by !== undefined) {
    for (let i = 1; i < n; i++) {
      const at = text.indexOf(by, from);
      if (at === -1) return "";
      from = at + 1;
    }
    const end = text.indexOf(by, from);
    return end === -1 ? text.slice(from) : text.slice(from, end);
  }
  return n === 1 ? text : "";
}
