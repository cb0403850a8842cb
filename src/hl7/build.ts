import { encodingCharacters, standardDelimiters, type WritingDelimiters } from "./delimiters.ts";
import { type Escape, escaper } from "./escape.ts";

/**
 * A field's content. A text is one value, whatever characters it holds; a list is its components; a list within the
 * list is subcomponents; `repeat` gives repetitions. Every text is escaped: none can add a field or a segment.
 */
export type Field = ComponentList | string | undefined | Repeated;
export type ComponentList = readonly Component[];
type Component = string | undefined | readonly (string | undefined)[];

export interface Repeated {
  readonly repetitions: readonly (string | ComponentList)[];
}

/** Several values for one field. */
export function repeat(...repetitions: readonly (string | ComponentList)[]): Repeated {
  return { repetitions };
}

export interface SegmentContent {
  readonly id: string;
  /** By number, counted from 1; those of MSH from 3, for 1 and 2 are the delimiters. */
  readonly fields: Readonly<Record<number, Field>>;
}

/** One segment to be built. */
export function segment(id: string, fields: Readonly<Record<number, Field>>): SegmentContent {
  return { id, fields };
}

/**
 * Writes a message: MSH first, each segment ended by a carriage return, empty ends of fields and segments left out.
 * Throws a RangeError on an impossible segment or field number, for those are written by a programmer.
 */
export function build(segments: readonly SegmentContent[], delimiters = standardDelimiters): string {
  if (segments[0]?.id !== "MSH") throw new RangeError("a message starts with MSH");
  const escapeText = escaper(delimiters);
  let text = "";
  for (const { id, fields } of segments) text += `${writeSegment(id, fields, delimiters, escapeText)}\r`;
  return text;
}

function writeSegment(id: string, fields: SegmentContent["fields"], d: WritingDelimiters, escapeText: Escape): string {
  if (!/^[A-Z][A-Z0-9]{2}$/.test(id)) throw new RangeError(`not a segment: ${id}`);
  const header = id === "MSH";
  let text = header ? `MSH${d.field}${encodingCharacters(d)}` : id;
  let at = header ? 2 : 0;
  // Integer keys come in ascending order.
  for (const key of Object.keys(fields)) {
    const number = Number(key);
    if (!Number.isInteger(number) || number < (header ? 3 : 1)) throw new RangeError(`not a field: ${id}-${key}`);
    const field = fields[number];
    if (field === undefined || field === "") continue;
    const written = writeField(field, d, escapeText);
    if (written === "") continue;
    text += d.field.repeat(number - at) + written;
    at = number;
  }
  return text;
}

function writeField(field: string | ComponentList | Repeated, d: WritingDelimiters, escapeText: Escape): string {
  if (typeof field === "string") return escapeText(field);
  if (!("repetitions" in field)) return writeComponents(field, d, escapeText);
  let text = "";
  let gap = "";
  for (const repetition of field.repetitions) {
    const written =
      typeof repetition === "string" ? escapeText(repetition) : writeComponents(repetition, d, escapeText);
    if (written !== "") {
      text += gap + written;
      gap = "";
    }
    gap += d.repetition;
  }
  return text;
}

function writeComponents(components: ComponentList, d: WritingDelimiters, escapeText: Escape): string {
  let text = "";
  // Delimiters are written only once something follows them.
  let gap = "";
  for (const component of components) {
    const written =
      typeof component === "object" ? writeSubcomponents(component, d, escapeText) : escapeText(component ?? "");
    if (written !== "") {
      text += gap + written;
      gap = "";
    }
    gap += d.component;
  }
  return text;
}

function writeSubcomponents(parts: readonly (string | undefined)[], d: WritingDelimiters, escapeText: Escape): string {
  let text = "";
  let gap = "";
  for (const part of parts) {
    if (part !== undefined && part !== "") {
      text += gap + escapeText(part);
      gap = "";
    }
    gap += d.subcomponent;
  }
  return text;
}
