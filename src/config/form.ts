import type { z } from "zod";
import { issueRemarks, type Misspelt } from "./issues.ts";
import { mend } from "./mend.ts";
import { type Path, pathText, type Remark } from "./remark.ts";
import type { StandIns } from "./stand-ins.ts";
import { valueAt, type YamlText } from "./yaml-text.ts";

/** What a text comes to by a schema. */
export interface Form<T> {
  /** With stand-ins where the form is wrong; nothing where it cannot be mended so. */
  readonly value?: T;
  /** The text with its misspelt keys read as what they were meant for, and the same stand-ins. */
  readonly yaml: YamlText;
  /** Whether nothing stands in. */
  readonly whole: boolean;
  readonly remarks: readonly Remark[];
}

/**
 * Checks a YAML text, or what stands below `at` in it, against a schema: each mistake of form at its line. A misspelt
 * key is told as such, and what it holds is looked at all the same.
 */
export function checkForm<S extends z.ZodType>(
  yaml: YamlText,
  schema: S,
  standIns: StandIns,
  at: Path = [],
): Form<z.output<S>> {
  const written = valueAt(yaml.value, at);
  const parsed = schema.safeParse(written);
  if (parsed.success) return { value: parsed.data, yaml, whole: true, remarks: [] };
  const { remarks, misspelt } = issueRemarks(parsed.error.issues, written, yaml, schema, at);
  if (misspelt.length > 0) {
    const meant = checkForm(asMeant(yaml, misspelt), schema, standIns, at);
    return { ...meant, whole: false, remarks: [...misspelt.map(({ remark }) => remark), ...meant.remarks] };
  }
  const value = mend(schema, written, standIns);
  const again = schema.safeParse(value);
  const mended = at.length === 0 ? { ...yaml, value } : yaml;
  if (again.success) return { value: again.data, yaml: mended, whole: false, remarks };
  // Of parts that must fit each other, and are looked at once each is right by itself.
  const further = issueRemarks(again.error.issues, value, yaml, schema, at).remarks;
  return { yaml: mended, whole: false, remarks: [...remarks, ...further] };
}

/** The text as if its keys were spelt as they were meant; lines lead to what is written. */
function asMeant(yaml: YamlText, misspelt: readonly Misspelt[]): YamlText {
  const value = structuredClone(yaml.value);
  const written = new Map<string, string>();
  for (const { block, key, meant } of misspelt) {
    const into = valueAt(value, block);
    // An anchored block stands in several places, and was mended at the first of them.
    if (isBlock(into) && Object.hasOwn(into, key)) {
      into[meant] = into[key];
      delete into[key];
    }
    written.set(pathText([...block, meant]), key);
  }
  const back = (path: Path): Path => path.map((step, i) => written.get(pathText(path.slice(0, i + 1))) ?? step);
  return { value, locate: (path) => yaml.locate(back(path)), written: (path) => yaml.written(back(path)) };
}

const isBlock = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
