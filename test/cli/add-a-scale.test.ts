import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { runCli } from "./run-cli.ts";

/** The README's example profile, and its table of lines with what replay says of each. */
let profile: string;
let lines: readonly { readonly sent: string; readonly said: string }[];

beforeAll(async () => {
  const readme = await readFile("drivers/line/README.md", "utf8");
  profile = /^```yaml\n(id: our-scale\n[\s\S]*?)^```/m.exec(readme)?.[1] ?? "";
  const table = readme.split("\n").filter((line) => /^ {3}\| `/.test(line));
  lines = table.map((row) => {
    const [, sent = "", said = ""] = row.split("|").map((cell) => cell.trim());
    return { sent: sent.slice(1, -1), said };
  });
});

/** A site whose one device is the new scale, as the README has it written: YAML alone. */
async function siteWith(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "vw-scale-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, "profiles"));
  await writeFile(join(folder, "profiles", "our-scale.yaml"), text);
  await writeFile(
    join(folder, "site.yaml"),
    `site: north
gateway: gw-1
timezone: Europe/Zurich
places: [{ id: room-4, kind: exam-room, barcodes: [{ means: patient, prefix: P }] }]
devices: [{ id: scale-4, place: room-4, profile: our-scale, link: { serial: { path: /dev/ttyUSB0 } } }]
sinks: [{ id: log, file: { path: readings.jsonl } }]
`,
  );
  await writeFile(join(folder, "recording.bin"), lines.map(({ sent }) => `${sent}\r\n`).join(""));
  return folder;
}

/** A row of replay in the README's words. */
function words(row: Record<string, unknown>): string {
  if (row["type"] === "discard") return `not read: \`${row["reason"]}\``;
  const { channel, value, unit } = row["finding"] as {
    channel: string;
    value: { kind: string; text?: string; reason?: string };
    unit?: string;
  };
  return value.kind === "absent" ? `${channel} absent: \`${value.reason}\`` : `${channel} ${value.text} ${unit}`;
}

test("a scale that the README's example describes is checked without a mistake, and read as the README says", async () => {
  const folder = await siteWith(profile);
  const config = join(folder, "site.yaml");
  expect(await runCli(["check", config])).toMatchObject({ code: 0, err: "" });

  const args = ["replay", "--config", config, "--profile", "our-scale", join(folder, "recording.bin"), "--json"];
  const { rows, err } = await runCli(args);
  expect(err).toBe("");
  expect(lines.length).toBeGreaterThan(3);
  expect(rows.map(words)).toEqual(lines.map(({ said }) => said.replace(/`, .*/, "`")));
  const readings = rows.flatMap((row) => (row["type"] === "reading" ? [row["observation"]] : []));
  expect(readings[0]).toMatchObject({
    code: { loinc: "29463-7" },
    value: { text: "72.5", unit: "kg" },
    standing: { state: "ready" },
  });
  expect(readings.at(-1)).toMatchObject({ value: { text: "159.8", unit: "[lb_av]" } });
});

test("a mistake in its template is told with the file and the line", async () => {
  const folder = await siteWith(profile.replace("number(9)}", "number(9}"));
  const { code, rows } = await runCli(["check", join(folder, "site.yaml"), "--json"]);
  expect(code).toBe(1);
  expect(rows).toContainEqual(
    expect.objectContaining({ severity: "mistake", file: expect.stringContaining("our-scale.yaml") }),
  );
});
