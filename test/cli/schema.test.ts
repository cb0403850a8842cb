import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCli } from "./run-cli.ts";

test("the schemas are written into a folder, which is made where it is missing", async () => {
  const folder = join(await mkdtemp(join(tmpdir(), "vw-schema-")), "a/b");
  expect((await runCli(["schema", "--write", folder])).code).toBe(0);
  expect((await readdir(folder)).toSorted()).toEqual(["profile.schema.json", "site.schema.json"]);
});

test.each(["/proc/nowhere/at/all", "/sys/nowhere", "/dev/null/x"])(
  "a folder that cannot be made is an error with exit code 4: %s",
  async (folder) => {
    const { code, err } = await runCli(["schema", "--write", folder]);
    expect(code).toBe(4);
    expect(err).toContain("FILE_FAILED");
    expect(err).toMatch(/ENOENT|EPERM|ENOTDIR|EACCES|EROFS/);
  },
);
