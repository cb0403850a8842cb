import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { tables, withTables } from "../scripts/programs/readme/tables.ts";

const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");

it("The README's tables are those of the code (else: scripts/readme)", async () => {
  expect(withTables(readme, await tables())).toBe(readme);
});

it("The README names every script that a user may run, and no other", async () => {
  for (const name of ["demo", "test", "vitalwire", "bench", "fuzz", "install"])
    expect(readme).toContain(`scripts/${name}`);
});
