/**
 * Templates: how a line of a plain-text instrument is written down in a profile. `ST,{weight:number(9)} {unit:word}`
 * is literal text with holes. A template matches a whole line or not at all, and in one way only: every hole's end is
 * clear from its own text and the profile, so that nothing is ever tried in two ways.
 */
export type Template = readonly Part[];

export type Part =
  | { readonly is: "literal"; readonly text: string }
  /** Text that may be left out. */
  | { readonly is: "optional"; readonly text: string }
  /** Any number of blanks, or none. */
  | { readonly is: "blanks" }
  /** Any printable characters, this many. */
  | { readonly is: "text"; readonly width: number }
  /** One of these texts. */
  | { readonly is: "choice"; readonly texts: readonly string[] }
  /** A number; of a fixed width it is padded with blanks on the left. */
  | { readonly is: "number"; readonly channel: string; readonly width?: number; readonly decimals?: number }
  /** One of the profile's units; of a fixed width it is padded with blanks. For one channel, or for all. */
  | { readonly is: "unit"; readonly channel?: string; readonly width?: number };

export type Compiled =
  | { readonly ok: true; readonly template: Template }
  /** `at` counts characters from 1. */
  | { readonly ok: false; readonly at: number; readonly problem: string };

/** A mistake in a template, at a character counted from 0. */
interface Mistake {
  readonly at: number;
  readonly problem: string;
}

const holeForm =
  "a hole is {channel:number(9)}, {channel:number(9,2)}, {channel:number}, {unit:word}, {unit:word(3)}, " +
  "{channel.unit:word}, {:text(5)}, {:blanks} or {:ONE|OTHER}";

/**
 * Reads a template. Outside holes every character stands for itself; `[text]` may be left out; `{{`, `}}`, `[[` and
 * `]]` stand for the single bracket.
 */
export function compile(source: string): Compiled {
  const parts: { readonly part: Part; readonly at: number }[] = [];
  let literal = "";
  let literalAt = 0;
  const endLiteral = () => {
    if (literal !== "") parts.push({ part: { is: "literal", text: literal }, at: literalAt });
    literal = "";
  };
  for (let at = 0; at < source.length; ) {
    const character = source.charAt(at);
    if ("{}[]".includes(character) && source.charAt(at + 1) === character) {
      if (literal === "") literalAt = at;
      literal += character;
      at += 2;
    } else if (character === "{" || character === "[") {
      endLiteral();
      const close = character === "{" ? "}" : "]";
      const end = source.indexOf(close, at);
      if (end < 0) return fault({ at, problem: `this ${character} is never closed by ${close}` });
      const inner = source.slice(at + 1, end);
      const part = character === "{" ? hole(inner, at) : optional(inner, at);
      if ("problem" in part) return fault(part);
      parts.push({ part, at });
      at = end + 1;
    } else if (character === "}" || character === "]") {
      return fault({ at, problem: `nothing is open here; write ${character}${character} for the character itself` });
    } else if (character.charCodeAt(0) > 0xff) {
      return fault({ at, problem: "is no character that a line can carry" });
    } else {
      if (literal === "") literalAt = at;
      literal += character;
      at++;
    }
  }
  endLiteral();
  const unclear = neighbours(parts) ?? names(parts);
  return unclear === undefined ? { ok: true, template: parts.map(({ part }) => part) } : fault(unclear);
}

/** A template that the options' schema has let through; throws a TypeError where it is none. */
export function compiled(source: string): Template {
  const result = compile(source);
  if (!result.ok) throw new TypeError(`${source}: ${result.problem}`);
  return result.template;
}

function fault({ at, problem }: Mistake): Compiled {
  return { ok: false, at: at + 1, problem };
}

function optional(text: string, at: number): Part | Mistake {
  if (text === "" || /[[{}]/.test(text)) return { at, problem: "only plain text can be left out: [GS,]" };
  return { is: "optional", text };
}

function hole(inner: string, at: number): Part | Mistake {
  const colon = inner.indexOf(":");
  if (colon < 0) return { at, problem: `there is no colon; ${holeForm}` };
  const name = inner.slice(0, colon);
  const kind = inner.slice(colon + 1);
  const kindAt = at + 1 + colon + 1;
  if (name === "") return unnamed(kind, kindAt);
  if (!/^[A-Za-z][A-Za-z0-9_-]*(\.unit)?$/.test(name))
    return { at: at + 1, problem: "a name is letters, digits, - and _, and begins with a letter" };

  const of = /^(number|word)(?:\((\d{1,3})(?:,(\d))?\))?$/.exec(kind);
  if (of === null) return { at: kindAt, problem: holeForm };
  const [, word, ...sizes] = of;
  const [width, decimals] = sizes.map((size) => (size === undefined ? undefined : Number(size)));
  if (width === 0) return { at: kindAt, problem: "the width is at least 1" };
  const isUnit = name === "unit" || name.endsWith(".unit");
  if (word === "word") {
    if (!isUnit) return { at: at + 1, problem: "a word is a unit: {unit:word}, or {weight.unit:word} for one channel" };
    if (decimals !== undefined) return { at: kindAt, problem: "a word has no decimals" };
    const channel = name === "unit" ? {} : { channel: name.slice(0, -".unit".length) };
    return { is: "unit", ...channel, ...(width === undefined ? {} : { width }) };
  }
  if (isUnit) return { at: kindAt, problem: "a unit is a word: {unit:word}" };
  if (width !== undefined && decimals !== undefined && decimals > 0 && width < decimals + 2)
    return { at: kindAt, problem: `${decimals} decimals and the point do not fit into ${width} characters` };
  return {
    is: "number",
    channel: name,
    ...(width === undefined ? {} : { width }),
    ...(decimals === undefined ? {} : { decimals }),
  };
}

function unnamed(kind: string, at: number): Part | Mistake {
  if (kind === "blanks") return { is: "blanks" };
  const text = /^text\((\d{1,3})\)$/.exec(kind);
  if (text !== null) return { is: "text", width: Number(text[1]) };
  if (/^(text|number|word|blanks)\b/.test(kind))
    return { at, problem: /^(number|word)/.test(kind) ? `a ${kind} needs a name` : holeForm };
  const texts = kind.split("|");
  if (texts.length < 2 || texts.some((one) => one === "" || /[[\]{]/.test(one)))
    return { at, problem: `one of several texts is written {:GS|NT}; ${holeForm}` };
  return { is: "choice", texts };
}

/** Parts beside each other of which nobody could say where the one ends and the other begins. */
function neighbours(parts: readonly { readonly part: Part; readonly at: number }[]): Mistake | undefined {
  for (const [i, { part, at }] of parts.entries()) {
    const before = parts[i - 1]?.part;
    if (before === undefined) continue;
    const padded = (part.is === "number" || part.is === "unit") && part.width !== undefined;
    if (before.is === "blanks" && (padded || part.is === "blanks" || part.is === "text"))
      return { at, problem: "blanks of any number stand before this, which may itself begin with blanks" };
    if (before.is === "number" && before.width === undefined && (part.is === "number" || part.is === "text"))
      return { at, problem: "a number without a width stands before this, and nothing says where it ends" };
  }
  return undefined;
}

/** Names must be clear too: each channel once, each unit once. */
function names(parts: readonly { readonly part: Part; readonly at: number }[]): Mistake | undefined {
  const seen = new Set<string>();
  for (const { part, at } of parts) {
    if (part.is !== "number" && part.is !== "unit") continue;
    const name = part.is === "number" ? part.channel : part.channel === undefined ? "unit" : `${part.channel}.unit`;
    if (seen.has(name)) return { at, problem: `“${name}” stands here twice` };
    seen.add(name);
  }
  for (const { part, at } of parts)
    if (part.is === "unit" && part.channel !== undefined && !seen.has(part.channel))
      return { at, problem: `there is no channel “${part.channel}” in this template` };
  return undefined;
}
