import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A scale that prints lines, as a site describes it itself: `ST,    72.5 kg`. */
export const lineProfile = `id: our-scale
version: 1
driver: line
evidence: bench
maker: Example
model: BX-150
kind: scale
serial: { baudRate: 9600 }
options:
  readings: ["ST,{weight:number(8)} {unit:word}"]
  units: [kg]
channels:
  weight: { loinc: 29463-7, units: { kg: kg }, range: { kg: [0.2, 500] } }
`;

/** A site with these profiles of its own, by file name, and a recording beside it; answers the path of its file. */
export async function siteWithProfiles(profiles: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "vw-own-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, "profiles"));
  for (const [name, text] of Object.entries(profiles)) await writeFile(join(folder, "profiles", name), text);
  await writeFile(join(folder, "recording.bin"), "ST,    72.5 kg\r\n");
  const config = join(folder, "site.yaml");
  await writeFile(
    config,
    "site: a\ngateway: b\ntimezone: UTC\nplaces: [{ id: r, kind: exam-room }]\nsinks: [{ id: log, file: { path: out.jsonl } }]\n",
  );
  return config;
}
