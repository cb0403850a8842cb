import { mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Sources } from "./load.ts";

/**
 * The last configuration that was applied whole, kept in the state folder, so that a service whose operator's file is
 * broken can start with what worked. The operator's own file is never written.
 */
const name = "last-good.json";

const source = z.object({ file: z.string(), text: z.string() });
const schema = z.object({ site: source, profiles: z.array(source) });

/** Keeps the texts; once it resolves they are on disk, and a power cut leaves either the old copy or the new one. */
export async function keepLastGood(stateFolder: string, sources: Sources): Promise<void> {
  await mkdir(stateFolder, { recursive: true, mode: 0o700 });
  const target = join(stateFolder, name);
  const draft = await open(`${target}.new`, "w", 0o600);
  try {
    await draft.writeFile(JSON.stringify({ site: sources.site, profiles: sources.profiles }));
    await draft.sync();
  } finally {
    await draft.close();
  }
  await rename(`${target}.new`, target);
  const folder = await open(stateFolder, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** The texts kept last; nothing where none were kept or the copy cannot be read. */
export async function readLastGood(stateFolder: string): Promise<Sources | undefined> {
  try {
    const parsed = schema.safeParse(JSON.parse(await readFile(join(stateFolder, name), "utf8")));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The state folder that a configuration names, read from its text alone: so that the last good copy is found however
 * broken the rest of the file is.
 */
export function stateNamed(text: string): string | undefined {
  const found = /^state:[ \t]*(?:"([^"\n]*)"|'([^'\n]*)'|([^\s#"'][^#\n]*?))[ \t]*(?:#.*)?$/m.exec(text);
  return found?.[1] ?? found?.[2] ?? found?.[3];
}
