import { expect } from "vitest";
import { z } from "zod";
import { outside as configuredOutside } from "../../src/cli/configuration.ts";
import { checkSources, type Outside } from "../../src/config/load.ts";
import { remarkText } from "../../src/config/remark.ts";
import { driverIds } from "../../src/devices/drivers.ts";
import { overlapOf } from "../../src/patient/overlap.ts";

/** A small site without mistakes; tests change one thing of it. */
export const goodSite = `site: clinic
gateway: box-1
places:
  - id: exam-1
    kind: exam-room
    unverified: allow
    barcodes:
      - means: patient
        prefix: P
devices:
  - id: scale-1
    place: exam-1
    profile: test-scale
    link: { serial: { path: /dev/scale-1 } }
sinks:
  - id: ehr
    hl7: { host: ehr.clinic, port: 2575, insecure: true }
timezone: Europe/Zurich
patients: { authority: CLINIC }
`;

export const goodProfile = `id: test-scale
version: 1
driver: line
evidence: bench
maker: Test
model: Scale
kind: scale
serial: { baudRate: 9600 }
channels:
  W:
    loinc: 29463-7
    units: { kg: kg }
`;

const ids = await driverIds();

/** The drivers that there are; what `line` takes is checked in these tests, and nothing of the others. */
const driverOptions = async (id: string) => {
  if (id === "line") return z.looseObject({ terminator: z.enum(["CR", "LF", "CRLF", "silence"]).optional() });
  return ids.includes(id) ? z.unknown() : undefined;
};

export const outside: Outside = {
  driverOptions,
  driverFacts: configuredOutside.driverFacts,
  codes: configuredOutside.codes,
  patternMistake: (p) => (p.includes("[") ? "This is refused." : undefined),
  overlapOf,
};

/** What is said of a site and its own profiles, each with its line. */
export async function remarksOf(site: string, profiles: readonly string[] = [goodProfile]): Promise<readonly string[]> {
  const loaded = await load(site, profiles);
  return (loaded.ok ? loaded.notes : loaded.remarks).map(remarkText);
}

/** Mistakes or notes. */
export async function severityOf(site: string): Promise<readonly string[]> {
  const loaded = await load(site);
  return (loaded.ok ? loaded.notes : loaded.remarks).map(({ severity }) => severity);
}

function load(site: string, profiles: readonly string[] = [goodProfile]) {
  const sources = profiles.map((text, i) => ({ file: `p${i + 1}.yaml`, text }));
  return checkSources({ site: { file: "site.yaml", text: site }, profiles: sources }, outside);
}

/** The configuration of a text that has no mistakes. */
export async function configurationOf(site: string, profiles?: readonly string[]) {
  const loaded = await load(site, profiles);
  if (!loaded.ok) throw new Error(loaded.remarks.map(remarkText).join("\n"));
  return loaded.configuration;
}

/** The good site with one thing otherwise. */
export function site(from: string, to: string): string {
  expect(goodSite).toContain(from);
  return goodSite.replace(from, to);
}
