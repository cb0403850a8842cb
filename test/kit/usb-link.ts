import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ConnectionEvents } from "../../src/links/link.ts";
import { compile } from "./crash-compile.ts";

const run = promisify(execFile);

/** What comes of a connection that is started with `events`: all data events, and how it ended, in words. */
export function listening() {
  const heard: number[][] = [];
  const endings: string[] = [];
  const events: ConnectionEvents = {
    data: (bytes) => heard.push([...bytes]),
    closed: (ending) => endings.push(ending.reason === "lost" ? `lost: ${ending.detail}` : ending.reason),
  };
  return { heard, endings, events };
}

/**
 * What opening a path leads to on a machine where a system library is not installed. `make` is the link's maker and
 * `module` where it is, from src/links. It runs in a process of its own, for a library is loaded once for all.
 */
export async function openedWithout(
  library: string,
  { module, make }: { readonly module: string; readonly make: string },
  path: string,
): Promise<unknown> {
  const compiled = compile(["src/links"], tmpdir());
  const libraries = await mkdtemp(join(tmpdir(), "vw-libraries-"));
  try {
    // A file that is no library stands in for one that is not there.
    await writeFile(join(libraries, library), "no library\n");
    const program = `
      import { ${make} } from ${JSON.stringify(join(compiled, "src/links", module))};
      console.log(JSON.stringify(await ${make}(${JSON.stringify(path)}).open(new AbortController().signal)));
    `;
    const { stdout } = await run(process.execPath, ["--input-type=module", "-e", program], {
      env: { ...process.env, LD_LIBRARY_PATH: libraries },
    });
    return JSON.parse(stdout);
  } finally {
    for (const folder of [compiled, libraries]) await rm(folder, { recursive: true, force: true });
  }
}
