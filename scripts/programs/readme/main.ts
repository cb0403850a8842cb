import { readFile, writeFile } from "node:fs/promises";
import { tables, withTables } from "./tables.ts";

const path = "README.md";
await writeFile(path, withTables(await readFile(path, "utf8"), await tables()));
