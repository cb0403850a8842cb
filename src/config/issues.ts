import type { z } from "zod";
import { nearest } from "./nearest.ts";
import { mistake, type Path, pathText, type Remark } from "./remark.ts";
import { branchesAt, keysOf, type Shape, shapeOf } from "./shape.ts";
import { asWord } from "./stand-ins.ts";
import { valueAt, type YamlText } from "./yaml-text.ts";

type Issue = z.core.$ZodIssue;

/** A key that is evidently meant for another, which the block does not have. */
export interface Misspelt {
  readonly block: Path;
  readonly key: string;
  readonly meant: string;
  readonly remark: Remark;
}

/**
 * What a schema finds, in sentences at their lines: misspelt keys with what was evidently meant, and of alternatives
 * only the one that was meant. The misspelt keys are among the remarks, and by themselves. `value` is what stands in the
 * text below `prefix`.
 */
export function issueRemarks(
  issues: readonly Issue[],
  value: unknown,
  text: Pick<YamlText, "locate" | "written">,
  schema: z.ZodType,
  prefix: Path,
): { readonly remarks: readonly Remark[]; readonly misspelt: readonly Misspelt[] } {
  const misspelt: Misspelt[] = [];
  const context = { value, text, shape: shapeOf(schema), prefix, base: [], misspelt };
  return { remarks: issues.flatMap((issue) => explain(issue, context)), misspelt };
}

interface Context {
  readonly value: unknown;
  readonly text: Pick<YamlText, "locate" | "written">;
  readonly shape: Shape;
  readonly prefix: Path;
  /** Where the issue's own path begins, for the branches of a union. */
  readonly base: Path;
  /** Filled with what is found. */
  readonly misspelt: Misspelt[];
}

function explain(issue: Issue, context: Context): readonly Remark[] {
  const inner = [...context.base, ...steps(issue.path)];
  const path = [...context.prefix, ...inner];
  const { locate, written } = context.text;
  const value = valueAt(context.value, inner);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => {
        const known = new Set(branchesAt(context.shape, inner).flatMap(keysOf));
        const names = known.size > 0 && known.size <= 12 ? ` Known are ${list([...known])}.` : "";
        return unknownKey(key, known, names, inner, context);
      });
    case "invalid_union":
      return explainUnion(issue, context, inner);
    case "invalid_value":
      return [mistake(locate, path, oneOf(issue.values, value, written(path)))];
    case "invalid_type": {
      const own = /^Invalid/.test(issue.message) ? undefined : issue.message;
      if (own !== undefined && value !== undefined && value !== null)
        return [mistake(locate, path, `${shown(value)}: ${own}.`)];
      const shape = branchesAt(context.shape, inner);
      return [mistake(locate, path, wrongType(issue.expected, value, path, written(path), shape))];
    }
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
      const what = value === undefined ? `The default of “${path.at(-1)}”` : shown(value);
      const hint = issue.code === "invalid_format" ? asAnId(value, issue.pattern) : "";
      return [mistake(locate, path, `${what}: ${own}${pattern}.${hint}`)];
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
  const value = valueAt(context.value, inner);
  const { locate } = context.text;
  const literals = issue.errors.flat().flatMap((e) => (e.code === "invalid_value" ? e.values : []));
  if (literals.length > 0 && issue.errors.every((e) => e.every((one) => one.code === "invalid_value")))
    return [mistake(locate, path, oneOf(literals, value, context.text.written(path)))];

  const branches = branchesAt(context.shape, inner);
  const names = branches.map(keysOf);
  const distinctive = [...new Set(names.flat())].filter((key) => !names.every((keys) => keys.includes(key)));
  if (distinctive.length === 0 || branches.length !== issue.errors.length)
    return [mistake(locate, path, `${shown(value)} fits none of the alternatives.`)];
  const choice = `one of ${list(distinctive)}`;
  if (!isRecord(value)) return [mistake(locate, path, `Here must stand a block with ${choice}.`)];
  const given = Object.keys(value);
  const chosen = given.filter((key) => distinctive.includes(key));
  const meant = names.findIndex((keys) => chosen.some((key) => keys.includes(key)));
  if (meant >= 0 && chosen.length === 1)
    return (issue.errors[meant] ?? []).flatMap((nested) => explain(nested, { ...context, base: inner }));
  // Whichever was meant, what they have in common can be looked at.
  const common = names[0]?.filter((key) => !distinctive.includes(key)) ?? [];
  const ofAny = (issue.errors[0] ?? [])
    .filter(({ path: [key] }) => common.includes(String(key)))
    .flatMap((nested) => explain(nested, { ...context, base: inner }));
  const strange = given
    .filter((key) => !common.includes(key) && !distinctive.includes(key))
    .map((key) => unknownKey(key, names.flat(), chosen.length > 0 ? "" : ` Give ${choice}.`, inner, context));
  if (chosen.length > 1) {
    const text = `${list(chosen)} exclude each other: give ${choice}.`;
    return [mistake(locate, [...path, chosen[1] ?? ""], text), ...strange, ...ofAny];
  }
  if (strange.length > 0) return [...strange, ...ofAny];
  return [mistake(locate, path, `Here is missing ${choice}.`), ...ofAny];
}

function unknownKey(
  key: string,
  known: Iterable<string>,
  otherwise: string,
  inner: Path,
  { text, value, shape, prefix, misspelt }: Context,
): Remark {
  const block = [...prefix, ...inner];
  const meant = nearest(key, known);
  const hint = meant === undefined ? otherwise : ` Did you mean “${meant}”${whatItIs(key, meant, inner, shape)}?`;
  const remark = mistake(text.locate, [...block, key], `“${key}” is not known here.${hint}`);
  const around = valueAt(value, inner);
  const free = meant !== undefined && isRecord(around) && !Object.hasOwn(around, meant);
  if (free && !misspelt.some((other) => other.meant === meant && pathText(other.block) === pathText(block)))
    misspelt.push({ block, key, meant, remark });
  return remark;
}

/** A key that was shortened may be thought to be another: a password is no file that holds it. */
function whatItIs(key: string, meant: string, inner: Path, shape: Shape): string {
  const found = branchesAt(shape, [...inner, meant]).find(({ description }) => description !== undefined);
  return meant.length - key.length > 3 && found !== undefined ? ` (${found.description})` : "";
}

/** What was written, as the pattern of an id takes it. */
function asAnId(value: unknown, pattern: string | undefined): string {
  const word = asWord(value);
  const fits =
    word !== undefined && pattern !== undefined && new RegExp(pattern.replace(/^\/|\/[a-z]*$/g, "")).test(word);
  return fits ? ` Did you mean “${word}”?` : "";
}

function wrongType(
  expected: string,
  value: unknown,
  path: Path,
  written: string | undefined,
  shapes: readonly Shape[],
): string {
  if (value === undefined) {
    const key = path.at(-1);
    return path.length === 0 ? "The file is empty." : missing(key);
  }
  if (value === null)
    return path.length === 0 ? "The file is empty." : `Nothing stands here; it must be ${typeName(expected)}.`;
  const quote = expected === "string" && written !== undefined ? `; ${inQuotes(written.replace(/^0x/, ""))}` : "";
  const unquote = expected === "number" && typeof value === "string" ? "; without quotes" : "";
  const like = expected === "object" ? blockLike(value, shapes) : expected === "tuple" ? ofItems(shapes) : undefined;
  return `${shown(value)} must be ${like ?? typeName(expected)}${quote}${unquote}.`;
}

const inQuotes = (text: string): string => `write it in quotes: "${text}"`;

/** How the block is written that should stand where a word does. */
function blockLike(value: unknown, [shape]: readonly Shape[]): string | undefined {
  const { required = [] } = shape ?? {};
  const keys = keysOf(shape ?? {});
  if (required.length === 1 && (typeof value === "string" || typeof value === "number"))
    return `a block: { ${required[0]}: ${value} }`;
  if (required.length > 0) return `a block with ${list(required)}`;
  return keys.length > 0 && keys.length <= 12 ? `a block with any of ${list(keys)}, or {} for none of them` : undefined;
}

function ofItems([shape]: readonly Shape[]): string | undefined {
  return shape?.description === undefined ? undefined : `a list: ${shape.description}`;
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

function oneOf(values: readonly unknown[], value: unknown, written: string | undefined): string {
  const names = values.map(String);
  const choice = `one of ${list(names)}`;
  if (value === undefined) return `A value is missing: ${choice}.`;
  // YAML reads an unquoted 2.5 as a number.
  const same = values.find((one) => String(one) === (typeof value === "string" ? value : written));
  if (typeof same === "string") return `${written} must be text; ${inQuotes(same)}.`;
  if (same !== undefined) return `${shown(value)} must be a ${typeof same}; without quotes.`;
  const meant = typeof value === "string" ? nearest(value, names) : undefined;
  return `${shown(value)} must be ${choice}.${meant === undefined ? "" : ` Did you mean “${meant}”?`}`;
}

function shown(value: unknown): string {
  if (typeof value === "string") return `“${value.length > 60 ? `${value.slice(0, 57)}…` : value}”`;
  if (Array.isArray(value)) return "The list";
  return typeof value === "object" ? "The block" : String(value);
}

const list = (words: readonly string[]): string => words.join(", ");

const isRecord = (v: unknown): v is Record<string, unknown> => typeof v === "object" && v !== null && !Array.isArray(v);
const steps = (path: readonly PropertyKey[]): Path => path.map((s) => (typeof s === "number" ? s : String(s)));
