import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCli } from "./run-cli.ts";

test.each(["config/example.yaml", "config/demo.yaml", "config/starter.yaml"])("%s has no mistakes", async (file) => {
  const { code, out, err } = await runCli(["check", file]);
  expect(err).toBe("");
  expect(out).toMatch(/^ok {2}\d+ place/m);
  expect(code).toBe(0);
});

test("the example shows every kind of link and of destination", async () => {
  const { out } = await runCli(["check", "config/example.yaml"]);
  expect(out).toContain("2 places, 8 devices, 3 destinations");
  expect(out).not.toContain("note");
});

test("a good site is one object that says so with --json, after its notes", async () => {
  const good = await runCli(["check", "config/example.yaml", "--json"]);
  expect(good.rows).toEqual([
    expect.objectContaining({ ok: true, places: 2, devices: 8, sinks: 3, notes: 0, profiles: expect.any(Number) }),
  ]);
  const noted = await runCli(["check", "config/starter.yaml", "--json"]);
  expect(noted.rows.at(-1)).toMatchObject({ ok: true, notes: 2 });
  expect(noted.rows.map(({ severity }) => severity)).toEqual(["note", "note", undefined]);
});

test("a site with mistakes gets them as results, each with its line, and exit code 1", async () => {
  const file = join(await mkdtemp(join(tmpdir(), "vw-check-")), "site.yaml");
  await writeFile(file, "site: a\ngateway: b\ntimezone: UTC\nplaces: []\ndevises: []\n");
  const { code, rows, err } = await runCli(["check", file, "--json"]);
  expect(code).toBe(1);
  expect(rows.map(({ severity, line, path }) => ({ severity, line, path }))).toEqual([
    { severity: "mistake", line: 4, path: "places" },
    { severity: "mistake", line: 5, path: "devises" },
  ]);
  expect(JSON.parse(err)).toMatchObject({ code: "CONFIG_INVALID", detail: `2 mistakes in ${file}` });
});

test("a file that is not there is said to be missing, with exit code 4", async () => {
  const { code, err } = await runCli(["check", "/nowhere/site.yaml"]);
  expect(code).toBe(4);
  expect(err).toContain("CONFIG_MISSING");
});

test("the environment may name the configuration", async () => {
  expect((await runCli(["check"], { env: { VITALWIRE_CONFIG: "config/starter.yaml" } })).code).toBe(0);
});
