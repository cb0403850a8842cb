import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { listenForControl } from "../../src/console/control.ts";
import { closingWithTest } from "../kit/closing.ts";
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

test("beside a gateway that answers at its socket it does not start, and lets go of its journal", async () => {
  const folder = await mkdtemp(join(tmpdir(), "vw-run-"));
  const [config, socket] = [join(folder, "site.yaml"), join(folder, "control.sock")];
  const site = "site: a\ngateway: b\ntimezone: UTC\nplaces: [{ id: r, kind: exam-room }]\n";
  await writeFile(config, `${site}state: ${folder}/state\n`);
  const other = await listenForControl(socket, async function* () {});
  closingWithTest()(() => other.close());
  const refused = await runCli(["run", "-c", config, "--socket", socket]);
  expect(refused.code).toBe(4);
  expect(refused.err).toMatch(/^SOCKET_FAILED.*\n.*another gateway answers there/);
  const elsewhere = ["run", "-c", config, "--socket", `${socket}.2`];
  const again = await runCli(elsewhere, { stop: AbortSignal.abort() });
  expect(again).toMatchObject({ code: 0, err: "" });
});

test("a first configuration with mistakes is refused without speaking of a gateway that runs", async () => {
  const folder = await mkdtemp(join(tmpdir(), "vw-run-"));
  const config = join(folder, "site.yaml");
  await writeFile(config, `site: a\nplaces: 5\nstate: ${folder}/state\n`);
  const { code, err } = await runCli(["run", "-c", config, "--socket", `${config}.sock`]);
  expect(code).toBe(1);
  expect(err).toContain("Nothing of it was applied. If a gateway runs already, it goes on with the last good one.");
});
