import type { z } from "zod";
import { nearest } from "./nearest.ts";
import { mistake, type Path, pathText, type Remark } from "./remark.ts";
import { branchesAt, keysOf, type Shape, shapeOf } from "./shape.ts";
import type { YamlText } from "./yaml-text.ts";

type Issue = z.core.$ZodIssue;

/**
 * Checks a YAML text against a schema and turns what it finds into sentences at their lines: misspelled keys with what
 * was evidently meant, and of alternatives only the one that was meant.
 */
export function checkShape<S extends z.ZodType>(
  yaml: YamlText,
  schema: S,
): { readonly value?: z.output<S>; readonly remarks: readonly Remark[] } {
  const parsed = schema.safeParse(yaml.value);
  if (parsed.success) return { value: parsed.data, remarks: [] };
  return { remarks: issueRemarks(parsed.error.issues, yaml, schema) };
}

/** The same for issues found elsewhere in the text, below `prefix` (the options of a driver). */
export function issueRemarks(
  issues: readonly Issue[],
  yaml: YamlText,
  schema: z.ZodType,
  prefix: Path = [],
): readonly Remark[] {
  const meant = new Set<string>();
  const context = { yaml, shape: shapeOf(schema), prefix, base: [], meant };
  const remarks = issues.flatMap((issue) => explain(issue, context));
  // A misspelled key is one mistake, not two: what it was meant for is not missing.
  return remarks.filter((r) => !(meant.has(r.path) && r.message === missing(r.path.split(".").at(-1))));
}

interface Context {
  readonly yaml: YamlText;
  readonly shape: Shape;
  readonly prefix: Path;
  /** Where the issue's own path begins, for the branches of a union. */
  readonly base: Path;
  /** Filled with the paths that misspelled keys were evidently meant for. */
  readonly meant: Set<string>;
}

function explain(issue: Issue, context: Context): readonly Remark[] {
  const inner = [...context.base, ...steps(issue.path)];
  const path = [...context.prefix, ...inner];
  const { locate, written } = context.yaml;
  const value = valueAt(context.yaml.value, path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => {
        const known = new Set(branchesAt(context.shape, inner).flatMap(keysOf));
        const meant = nearest(key, known);
        const names = known.size > 0 && known.size <= 12 ? ` Known are ${list([...known])}.` : "";
        if (meant !== undefined) context.meant.add(pathText([...path, meant]));
        const hint = meant === undefined ? names : ` Did you mean “${meant}”?`;
        return mistake(locate, [...path, key], `“${key}” is not known here.${hint}`);
      });
    case "invalid_union":
      return explainUnion(issue, context, inner);
    case "invalid_value":
      return [mistake(locate, path, oneOf(issue.values.map(String), value))];
    case "invalid_type":
      return [mistake(locate, path, wrongType(issue.expected, value, path, written(path)))];
    case "too_small": {
      const what = issue.origin === "string" ? " characters" : issue.origin === "array" ? " entry" : "";
      return [mistake(locate, path, `${shown(value)} is too small: at least ${issue.minimum}${what}.`)];
    }
    case "too_big":
      return [mistake(locate, path, `${shown(value)} is too large: at most ${issue.maximum}.`)];
    case "invalid_key":
    case "invalid_element":
      return issue.issues.flatMap((nested) => explain(nested, { ...context, base: inner }));
    default: {
      const own = /^Invalid/.test(issue.message) ? "is not written as it must be" : issue.message;
      const pattern =
        issue.code === "invalid_format" && own !== issue.message ? ` (${issue.pattern ?? issue.format})` : "";
      return [mistake(locate, path, `${shown(value)}: ${own}${pattern}.`)];
    }
  }
}

/** Of alternatives told apart by their keys, only the one that was meant is worth talking about. */
function explainUnion(
  issue: Extract<Issue, { code: "invalid_union" }>,
  context: Context,
  inner: Path,
): readonly Remark[] {
  const path = [...context.prefix, ...inner];
  const value = valueAt(context.yaml.value, path);
  const { locate } = context.yaml;
  const literals = issue.errors.flat().flatMap((e) => (e.code === "invalid_value" ? e.values.map(String) : []));
  if (literals.length > 0 && issue.errors.every((e) => e.every((one) => one.code === "invalid_value")))
    return [mistake(locate, path, oneOf(literals, value))];

  const branches = branchesAt(context.shape, inner);
  const names = branches.map(keysOf);
  const distinctive = [...new Set(names.flat())].filter((key) => !names.every((keys) => keys.includes(key)));
  if (distinctive.length === 0 || branches.length !== issue.errors.length)
    return [mistake(locate, path, `${shown(value)} fits none of the alternatives.`)];
  const choice = `one of ${list(distinctive)}`;
  if (!isRecord(value)) return [mistake(locate, path, `Here must stand a block with ${choice}.`)];
  const given = Object.keys(value);
  const chosen = given.filter((key) => distinctive.includes(key));
  if (chosen.length > 1)
    return [mistake(locate, [...path, chosen[1] ?? ""], `${list(chosen)} exclude each other: give ${choice}.`)];
  const meant = names.findIndex((keys) => chosen.some((key) => keys.includes(key)));
  if (meant >= 0) return (issue.errors[meant] ?? []).flatMap((nested) => explain(nested, { ...context, base: inner }));
  const common = names[0]?.filter((key) => !distinctive.includes(key)) ?? [];
  for (const key of given.filter((k) => !common.includes(k))) {
    const near = nearest(key, distinctive);
    const hint = near === undefined ? `Give ${choice}.` : `Did you mean “${near}”?`;
    return [mistake(locate, [...path, key], `“${key}” is not known here. ${hint}`)];
  }
  return [mistake(locate, path, `Here is missing ${choice}.`)];
}

function wrongType(expected: string, value: unknown, path: Path, written: string | undefined): string {
  if (value === undefined) {
    const key = path.at(-1);
    return path.length === 0 ? "The file is empty." : missing(key);
  }
  if (value === null)
    return path.length === 0 ? "The file is empty." : `Nothing stands here; it must be ${typeName(expected)}.`;
  const quote = expected === "string" && written !== undefined ? `; write it in quotes: "${written}"` : "";
  const unquote = expected === "number" && typeof value === "string" ? "; without quotes" : "";
  return `${shown(value)} must be ${typeName(expected)}${quote}${unquote}.`;
}

const missing = (key: string | number | undefined): string => `“${key}” is missing.`;

function typeName(expected: string): string {
  const names: Readonly<Record<string, string>> = {
    string: "text",
    number: "a number",
    int: "a whole number",
    boolean: "true or false",
    object: "a block of keys",
    record: "a block of keys",
    array: "a list (lines that begin with -)",
    tuple: "a list",
  };
  return names[expected] ?? expected;
}

function oneOf(values: readonly string[], value: unknown): string {
  const choice = `one of ${list(values)}`;
  if (value === undefined) return `A value is missing: ${choice}.`;
  const meant = typeof value === "string" ? nearest(value, values) : undefined;
  return `${shown(value)} must be ${choice}.${meant === undefined ? "" : ` Did you mean “${meant}”?`}`;
}

function shown(value: unknown): string {
  if (value === undefined) return "What is missing here";
  if (typeof value === "string") return `“${value.length > 60 ? `${value.slice(0, 57)}…` : value}”`;
  if (Array.isArray(value)) return "The list";
  return typeof value === "object" ? "The block" : String(value);
}

const list = (words: readonly string[]): string => words.join(", ");

const isRecord = (v: unknown): v is Record<string, unknown> => typeof v === "object" && v !== null && !Array.isArray(v);
const steps = (path: readonly PropertyKey[]): Path => path.map((s) => (typeof s === "number" ? s : String(s)));

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (v, step) => (Array.isArray(v) ? v[Number(step)] : isRecord(v) && Object.hasOwn(v, step) ? v[step] : undefined),
    value,
  );
}
