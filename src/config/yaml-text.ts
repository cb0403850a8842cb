import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLError } from "yaml";
import { type Locate, mistake, type Path, type Remark, type Source } from "./remark.ts";

/** A YAML text as plain values, with the way back to its lines. */
export interface YamlText {
  readonly value: unknown;
  readonly locate: Locate;
  /** What stands in the text for a plain value, as written (`0403`). */
  written(path: Path): string | undefined;
}

/**
 * Reads one YAML document. A doubled key is a mistake, and the rest can still be looked at; where the text is no YAML
 * at all there is nothing to look at, and that is said too.
 */
export function parseYaml(source: Source): { readonly yaml?: YamlText; readonly remarks: readonly Remark[] } {
  const lines = new LineCounter();
  const document = parseDocument(source.text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { file: source.file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const remarks: Remark[] = [];
  const seen = new Set<number>();
  let stumbled = false;
  for (const problem of [...document.errors, ...document.warnings]) {
    const position = at(problem.pos[0]);
    // One slip makes the parser stumble several times; the first is the one that helps.
    if (seen.has(position.line) || (stumbled && !plain.includes(problem.code))) continue;
    seen.add(position.line);
    stumbled ||= !readable.includes(problem.code);
    remarks.push({ severity: "mistake", ...position, path: "", message: sentence(problem) });
  }
  if (stumbled) {
    const last = remarks.at(-1);
    const rest = "The rest of the file is looked at once it can be read.";
    return { remarks: remarks.map((one) => (one === last ? { ...one, message: `${one.message} ${rest}` } : one)) };
  }

  const locate: Locate = (path) => at(find(document.contents, path, document).offset);
  const written = (path: Path): string | undefined => {
    const { node } = find(document.contents, path, document);
    return isScalar(node) ? node.source : undefined;
  };
  try {
    const value: unknown = document.toJS({ maxAliasCount: 50 });
    return { yaml: { value, locate, written }, remarks };
  } catch (error) {
    const message = `This cannot be read: ${error instanceof Error ? error.message : String(error)}.`;
    return { remarks: [...remarks, mistake(locate, [], message)] };
  }
}

/** What stands at a path among plain values, if anything does. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (v, step) => (typeof v === "object" && v !== null && Object.hasOwn(v, step) ? Reflect.get(v, step) : undefined),
    value,
  );
}

/** The node at a path, and the offset to show for it: that of its key where it has one. */
function find(
  root: Node | null,
  path: Path,
  document: ReturnType<typeof parseDocument>,
): { readonly node: Node | null; readonly offset: number } {
  let node = root;
  let offset = root?.range?.[0] ?? 0;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document) ?? null;
    if (isMap(node)) {
      const pair = node.items.find((p) => String(isScalar(p.key) ? p.key.value : p.key) === String(step));
      if (pair === undefined) return { node: null, offset };
      if (isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = (pair.value ?? null) as Node | null;
    } else if (isSeq(node) && typeof step === "number") {
      const item = node.items[step];
      if (item === undefined) return { node: null, offset };
      node = item as Node;
      offset = node.range?.[0] ?? offset;
    } else return { node: null, offset };
  }
  return { node, offset };
}

/** What keeps nothing from being read: of two keys one is taken, and an escape is taken as it is written. */
const readable: readonly string[] = ["DUPLICATE_KEY", "BAD_DQ_ESCAPE"];
/** What is a slip by itself, whatever stands before it. */
const plain: readonly string[] = [...readable, "TAB_AS_INDENT", "MULTIPLE_DOCS"];

const quoted = "Text that has { } [ ] # or a colon in it must stand in single quotes.";

function sentence({ code, message }: YAMLError): string {
  switch (code) {
    case "DUPLICATE_KEY":
      return "This key stands twice in the same block.";
    case "TAB_AS_INDENT":
      return "A tab is used for indentation; YAML takes spaces alone.";
    case "BAD_INDENT":
      if (/^Flow/.test(message)) return "A bracket that is opened before this is not closed by ] or }.";
      return "The indentation does not fit the lines above.";
    case "MULTIPLE_DOCS":
      return "A second document begins here (---); the file must be one.";
    case "BAD_DQ_ESCAPE":
      return `${message.split(" ").at(-1)} means nothing in double quotes; a pattern must stand in single quotes.`;
    case "MULTILINE_IMPLICIT_KEY":
      return "Here should stand a key, a colon and a space.";
    case "BLOCK_AS_IMPLICIT_KEY":
      return `The indentation does not fit the lines above, or a text is not in quotes. ${quoted}`;
    case "BAD_SCALAR_START":
      return `A text that begins with ${message.split(" ").at(-1)} must stand in single quotes.`;
    case "UNEXPECTED_TOKEN":
      return `This cannot stand here. ${quoted}`;
    case "MISSING_CHAR":
      if (/^Sequence item/.test(message)) return "The indentation does not fit the list above, or a - is missing.";
      return /quote/i.test(message) ? "A quotation mark is missing." : `${message}.`;
    default:
      return `${message.replace(/\.?$/, "")}.`;
  }
}
