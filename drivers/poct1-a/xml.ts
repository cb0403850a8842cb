/** An element of a message. Its attributes carry the values; text between elements means nothing in POCT1-A. */
export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Element[];
}

const name = "[A-Za-z_][\\w.:-]*";
const attribute = `${name}\\s*=\\s*(?:"[^"<]*"|'[^'<]*')`;
const grammar = {
  open: new RegExp(`<(${name})((?:\\s+${attribute})*)\\s*(/?)>`, "y"),
  close: new RegExp(`</(${name})\\s*>`, "y"),
  aside: /<\?(?:[^?]|\?(?!>))*\?>|<!--(?:[^-]|-(?!->))*-->/y,
  text: /[^<]+/y,
};
const attributes = new RegExp(`(${name})\\s*=\\s*(?:"([^"<]*)"|'([^'<]*)')`, "g");
const MOST_DEPTH = 32;
/** Elements in one document; a message of sixty results has a tenth of it. */
const MOST_ELEMENTS = 5000;

/**
 * Reads one document of the subset of XML that POCT1-A uses: elements, attributes, comments, processing instructions
 * (read over), the five entities and character references. No DTD, no CDATA, no entities of its own. Nothing where the
 * text is anything else.
 */
export function parseXml(text: string): Element | undefined {
  const stack: { name: string; attributes: ReadonlyMap<string, string>; children: Element[] }[] = [];
  let root: Element | undefined;
  let elements = 0;
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at = pattern.lastIndex;
    return found;
  };
  while (at < text.length) {
    const between = match(grammar.text);
    if (between !== null) {
      if (stack.length === 0 && between[0].trim() !== "") return undefined;
      continue;
    }
    if (match(grammar.aside) !== null) continue;
    const open = match(grammar.open);
    if (open !== null) {
      const read = attributesOf(open[2] ?? "");
      if (root !== undefined || read === undefined || stack.length >= MOST_DEPTH) return undefined;
      if (++elements > MOST_ELEMENTS) return undefined;
      const element = { name: open[1] ?? "", attributes: read, children: [] };
      stack.at(-1)?.children.push(element);
      if (open[3] === "") stack.push(element);
      else if (stack.length === 0) root = element;
      continue;
    }
    const close = match(grammar.close);
    const closed = stack.pop();
    if (close === null || closed === undefined || closed.name !== close[1]) return undefined;
    if (stack.length === 0) root = closed;
  }
  return root;
}

function attributesOf(source: string): ReadonlyMap<string, string> | undefined {
  const found = new Map<string, string>();
  for (const [, key = "", double, single] of source.matchAll(attributes)) {
    const value = unescapeXml(double ?? single ?? "");
    if (value === undefined || found.has(key)) return undefined;
    found.set(key, value);
  }
  return found;
}

const entities: ReadonlyMap<string, string> = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["quot", '"'],
  ["apos", "'"],
]);

function unescapeXml(source: string): string | undefined {
  if (!source.includes("&")) return source;
  let sound = true;
  const text = source.replace(/&(?:#(\d{1,7})|#x([0-9A-Fa-f]{1,6})|([a-z]{2,4}));|&/g, (_, decimal, hex, entity) => {
    const code = decimal !== undefined ? Number(decimal) : hex !== undefined ? Number.parseInt(hex, 16) : undefined;
    if (code !== undefined && code <= 0x10ffff) return String.fromCodePoint(code);
    const known = entities.get(entity);
    sound &&= known !== undefined;
    return known ?? "";
  });
  return sound ? text : undefined;
}

/** A value as an attribute's text. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The first element down a path of names. */
export function find(element: Element | undefined, ...path: readonly string[]): Element | undefined {
  return path.reduce<Element | undefined>((at, next) => at?.children.find(({ name }) => name === next), element);
}

/** All elements of a name, however deep, in their order; not within one another. */
export function all(element: Element, wanted: string): readonly Element[] {
  return element.children.flatMap((child) => (child.name === wanted ? [child] : all(child, wanted)));
}

/** What an element's `V` says; empty where there is none. */
export function textOf(element: Element | undefined): string {
  return element?.attributes.get("V")?.trim() ?? "";
}
