import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCli } from "./cli/run-cli.ts";
import { driverFolders } from "./kit/drivers.ts";

/** `vitalwire replay`, as a person would use it, on every capture of every driver. */
const folders = (await driverFolders()).filter(({ captures }) => captures.length > 0);

describe.each(folders.map((folder) => [folder.id, folder] as const))("replay of %s", (id, { captures }) => {
  const folder = join("drivers", id, "captures");
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl"))
    .sort()
    .map((name) => join(folder, name));

  it("decodes every capture without an error, and says of every discard why", async () => {
    const { code, err, rows } = await runCli(["replay", ...files, "--json", "--timezone", "Europe/Zurich"]);
    expect(err).toBe("");
    expect([0, 1]).toContain(code);
    for (const [i, { expected }] of captures.entries()) {
      const said = rows.filter(({ file }) => file === files[i]);
      const of = (type: string) => said.filter((row) => row["type"] === type);
      expect(of("reading").map(({ finding }) => (finding as { channel: string }).channel)).toEqual(
        (expected.findings ?? []).map((finding) => (finding as { channel: string }).channel),
      );
      expect(of("scan")).toHaveLength((expected.scans ?? []).length);
      const reasons = (expected.discards ?? []).map(({ reason }) => reason).sort();
      expect([...new Set(of("discard").map(({ reason }) => reason))].sort()).toEqual(reasons);
    }
  });

  it("shows people each discard with its reason", async () => {
    const { out } = await runCli(["replay", ...files, "--timezone", "Europe/Zurich"]);
    const discards = captures.flatMap(({ expected }) => expected.discards ?? []);
    for (const { reason } of discards) expect(out).toMatch(new RegExp(`not read: .*\\(${reason}`));
    const unread = out.split("\n").filter((line) => line.includes("not read: "));
    for (const line of unread) expect(line).toMatch(/not read: .*\([a-z]+(-[a-z]+)*[):;,]/);
  });
});
