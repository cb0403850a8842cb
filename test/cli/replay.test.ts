import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseCapture } from "../../src/driver-kit/capture.ts";
import { lineProfile, siteWithProfiles } from "./own-profiles.ts";
import { runCli } from "./run-cli.ts";

const capture = "drivers/health-o-meter/captures/esc-498kl.jsonl";

/** The bytes that the instrument sent in that capture. */
async function rawBytes(): Promise<Uint8Array> {
  const parsed = parseCapture(await readFile(capture, "utf8"));
  if (!parsed.ok) throw new Error(parsed.problem);
  return Buffer.concat(parsed.capture.lines.flatMap((line) => ("in" in line ? [line.in] : [])));
}

const values = (rows: readonly Record<string, unknown>[]) =>
  rows.flatMap((row) => (row["type"] === "reading" ? [(row["finding"] as { value: unknown }).value] : []));

describe("replay", () => {
  test("reads a capture with the profile that it names", async () => {
    const { code, rows } = await runCli(["replay", capture, "--json"]);
    expect(code).toBe(0);
    expect(values(rows)).not.toHaveLength(0);
    expect(rows.find((row) => row["type"] === "reading")).toMatchObject({
      file: capture,
      finding: { channel: "W" },
      observation: { code: { loinc: "29463-7" }, device: { profile: expect.stringMatching(/^health-o-meter/) } },
    });
  });

  test("shows what was sent in the unit that it stands for, and the word that was written where that is another", async () => {
    const metric = await runCli(["replay", "drivers/health-o-meter/captures/esc-metric.jsonl"]);
    expect(metric.out).toMatch(/ W +\d+\.\d kg, written “m” /);
    const pounds = await runCli(["replay", "drivers/line/captures/cas-kilograms.jsonl"]);
    expect(pounds.out).toMatch(/ \+00159\.80 lb /);
    expect(pounds.out).not.toContain("written");
  });

  test("reads the same from raw bytes on standard input", async () => {
    const fromFile = await runCli(["replay", capture, "--json"]);
    const fromBytes = await runCli(["replay", "-p", "health-o-meter-498kl", "-", "--json"], {
      input: await rawBytes(),
    });
    expect(values(fromBytes.rows)).toEqual(values(fromFile.rows));
  });

  test("shows what was not read and why, and ends with exit code 1", async () => {
    const input = Buffer.concat([Buffer.from("\u0007noise"), await rawBytes()]);
    const { code, out } = await runCli(["replay", "-p", "health-o-meter-498kl", "-"], { input });
    expect(code).toBe(1);
    expect(out).toMatch(/not read: 6 bytes at 0 \(noise\): \\x07noise/);
    expect(out.match(/^noise: these bytes begin nothing that this profile knows/gm)).toHaveLength(1);
  });

  test("shows the bytes of a binary protocol as hex digits, and of a text protocol as text", async () => {
    const input = Buffer.from("\u0001\u00a0\u0000rQ", "latin1");
    const { out } = await runCli(["replay", "-p", "health-o-meter-498kl", "-"], { input });
    expect(out).toMatch(/not read: 5 bytes at 0 \(noise\): 01 A0 00 72 51\n/);
  });

  test("says of a weight that the scale must say again before it counts that it was not said often enough", async () => {
    const input = Buffer.from("\u001bR\u001bW0200.0\u001bNm\u001bE", "latin1");
    const { out } = await runCli(["replay", "-p", "health-o-meter-esc", "-"], { input });
    expect(out).toMatch(/^not-a-reading: sound, and no reading: .*not yet said often enough in a row/m);
  });

  test("ends with 0 where all that came was read, whether or not it would be held", async () => {
    const held = await runCli(["replay", "-p", "generic-serial-scanner", "-"], { input: Buffer.from("A1\rA1\r") });
    expect(held).toMatchObject({ code: 0, out: expect.stringContaining("2 scans, 0 pieces not read") });
    const cut = await runCli(["replay", "-p", "health-o-meter-498kl", "-"], {
      input: (await rawBytes()).subarray(0, -3),
    });
    expect(cut).toMatchObject({ code: 1 });
    const { out } = await runCli(["replay", "--help"]);
    expect(out).toMatch(/ 0 {2}each file holds a reading or a scan/);
    expect(out).toMatch(/ 1 {2}in some file nothing was read/);
  });

  test("names profiles in its examples that there are", async () => {
    const { out } = await runCli(["replay", "--help"]);
    for (const [, id] of (out.split("Examples:")[1] ?? "").matchAll(/(?:-p|--profile) ([a-z][\w-]+)/g)) {
      const { err } = await runCli(["replay", "-p", id ?? "", "-"]);
      expect(err).toBe("");
    }
  });

  test("that finds nothing at all ends with exit code 1", async () => {
    expect((await runCli(["replay", "-p", "health-o-meter-498kl", "-"])).code).toBe(1);
  });

  test("asks for the profile where nothing names it, and knows a misspelled one", async () => {
    const unnamed = await runCli(["replay", "-"], { input: Buffer.from("x") });
    expect(unnamed).toMatchObject({ code: 2, err: expect.stringContaining("give --profile") });
    const misspelled = await runCli(["replay", "-p", "health-o-meter-ecs", "-"], { input: Buffer.from("x") });
    expect(misspelled.err).toContain("Did you mean “health-o-meter-esc”?");
  });

  test("names the line of a capture that is damaged, and goes on with the next file", async () => {
    const input = Buffer.from('{"capture":1,"profile":"a","source":"b","evidence":"capture"}\n{"ms":0,"on":"x"}\n');
    const { code, err, rows } = await runCli(["replay", "-", capture, "--json"], { input });
    expect(code).toBe(4);
    expect(JSON.parse(err)).toMatchObject({ code: "CAPTURE_INVALID", detail: expect.stringContaining("-: line 2") });
    expect(values(rows)).not.toHaveLength(0);
  });
});

describe("replay with a site's own profile", () => {
  const input = Buffer.from("ST,    72.5 kg\r\n");
  const replayed = (config: string, ...more: readonly string[]) =>
    runCli(["replay", "-c", config, "-p", "our-scale", "-", ...more], { input });

  test("makes the remarks that check makes of it, and reads", async () => {
    const text = lineProfile.replace("units: [kg]", "units: [kg, lb]").replace("29463-7", "29463-7, mdc: 4242");
    const config = await siteWithProfiles({ "our-scale.yaml": text });
    const checked = await runCli(["check", config]);
    const notes = checked.out.split("\n").filter((line) => /^note .*our-scale\.yaml/.test(line));
    expect(notes).toHaveLength(2);
    const { code, err, out } = await replayed(config);
    expect(err.trimEnd().split("\n")).toEqual(notes);
    expect(out).toMatch(/weight +72\.5 kg/);
    expect(code).toBe(0);
  });

  test("says them once, however many files are read, and none of another profile", async () => {
    const noted = lineProfile.replace("29463-7", "29463-7, mdc: 4242");
    const config = await siteWithProfiles({
      "our-scale.yaml": noted,
      "other.yaml": noted.replace("our-scale", "other-scale"),
    });
    const recording = join(config, "../recording.bin");
    const { err } = await runCli(["replay", "-c", config, "-p", "our-scale", recording, recording]);
    expect(err.match(/“4242” is not among the codes known here/g)).toHaveLength(1);
    expect(err).toContain("our-scale.yaml");
    expect((await runCli(["replay", "-c", config, capture])).err).toBe("");
  });

  test.each([
    ["a unit that check refuses", ["kg: kg", "kg: kilo"], /our-scale\.yaml:\d+:\d+ {2}.*“kilo” is no UCUM unit/],
    ["options that its driver refuses", ["number(8)", "number(8"], /our-scale\.yaml:\d+:\d+ {2}options\.readings/],
    ["a key that is unknown", ["maker:", "makre:"], /our-scale\.yaml:\d+:\d+ {2}.*Did you mean “maker”/],
  ] as const)("with %s is refused with the mistake's line", async (_, [from, to], said) => {
    const config = await siteWithProfiles({ "our-scale.yaml": lineProfile.replace(from, to) });
    const { code, err, rows } = await replayed(config, "--json");
    expect({ code, rows }).toEqual({ code: 1, rows: [] });
    expect(JSON.parse(err)).toMatchObject({ code: "PROFILE_INVALID" });
    const inWords = await replayed(config);
    expect(inWords.err).toMatch(/^mistake/);
    expect(inWords.err).toMatch(said);
  });

  test("that inherits a mistake from another of the site's is refused as well", async () => {
    const config = await siteWithProfiles({
      "base.yaml": lineProfile.replace("our-scale", "base-scale").replace("[0.2, 500]", "[500, 0.2]"),
      "our-scale.yaml": "id: our-scale\nversion: 1\nlike: base-scale\nevidence: bench\n",
    });
    const { code, err } = await replayed(config);
    expect(code).toBe(1);
    expect(err).toMatch(/base\.yaml:\d+:\d+ {2}.*500 is more than 0\.2/);
    expect(err).toContain("PROFILE_INVALID");
  });

  test("of a file that is not there says so", async () => {
    const { code, err } = await replayed("/nowhere/site.yaml");
    expect(code).toBe(4);
    expect(err).toMatch(/^CONFIG_MISSING.*\n.*\/nowhere\/site\.yaml/);
  });
});
