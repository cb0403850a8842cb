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
 * at all there is nothing to look at.
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
  for (const problem of [...document.errors, ...document.warnings]) {
    const position = at(problem.pos[0]);
    // One slip makes the parser stumble several times; the first on each line is the one that helps.
    if (seen.has(position.line)) continue;
    seen.add(position.line);
    remarks.push({ severity: "mistake", ...position, path: "", message: sentence(problem) });
  }
  if (document.errors.some((e) => e.code !== "DUPLICATE_KEY")) return { remarks };

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

function sentence(problem: YAMLError): string {
  switch (problem.code) {
    case "DUPLICATE_KEY":
      return "This key stands twice in the same block.";
    case "TAB_AS_INDENT":
      return "A tab is used for indentation; YAML takes spaces alone.";
    case "BAD_INDENT":
      return "The indentation does not fit the lines above.";
    case "MULTIPLE_DOCS":
      return "A second document begins here (---); the file must be one.";
    case "MISSING_CHAR":
      return /quote/i.test(problem.message) ? "A quotation mark is missing." : `${problem.message}.`;
    default:
      return `${problem.message.replace(/\.?$/, "")}.`;
  }
}
