import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCli } from "./run-cli.ts";

test("a state folder that cannot be made is said, with exit code 4", async () => {
  const config = join(await mkdtemp(join(tmpdir(), "vw-run-")), "site.yaml");
  const site = "site: a\ngateway: b\ntimezone: UTC\nplaces: [{ id: r, kind: exam-room }]\n";
  await writeFile(config, `${site}state: /proc/nowhere/state\n`);
  const { code, err } = await runCli(["run", "-c", config, "--socket", `${config}.sock`]);
  expect(code).toBe(4);
  expect(err).toContain("JOURNAL_FAILED");
  expect(err).toContain("/proc/nowhere");
});
