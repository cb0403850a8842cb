import { mkdtemp, readdir, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { keepLastGood, readLastGood } from "../../src/config/last-good.ts";
import { checkSources } from "../../src/config/load.ts";
import { configurationOf, goodSite, outside } from "./site-text.ts";

const folder = (): Promise<string> => mkdtemp(join(tmpdir(), "vw-state-"));

test("the last good configuration comes back as it was, and can be loaded", async () => {
  const state = await folder();
  const { sources } = await configurationOf(goodSite);
  await keepLastGood(state, sources);
  const kept = await readLastGood(state);
  expect(kept).toEqual(sources);
  expect(kept && (await checkSources(kept, outside)).ok).toBe(true);
});

test("the copy is readable by the service alone, and no draft of it stays behind", async () => {
  const state = await folder();
  await keepLastGood(state, (await configurationOf(goodSite)).sources);
  expect(await readdir(state)).toEqual(["last-good.json"]);
  expect((await stat(join(state, "last-good.json"))).mode & 0o777).toBe(0o600);
});

test("a copy that was damaged counts as none", async () => {
  const state = await folder();
  expect(await readLastGood(state)).toBeUndefined();
  await writeFile(join(state, "last-good.json"), '{"site":{"file"');
  expect(await readLastGood(state)).toBeUndefined();
  await writeFile(join(state, "last-good.json"), '{"site":1}');
  expect(await readLastGood(state)).toBeUndefined();
});
