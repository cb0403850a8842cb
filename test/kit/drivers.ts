import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { Profile } from "../../src/config/profile.ts";
import { driversFolder, resolveProfiles, shippedProfileSources } from "../../src/config/profiles.ts";
import { type Capture, parseCapture } from "../../src/driver-kit/capture.ts";
import type { DiscardReason, Driver } from "../../src/driver-kit/contract.ts";
import type { Simulation } from "../../src/driver-kit/instrument.ts";
import { readmeFaults } from "./driver-readme.ts";

/** A driver's folder, loaded whole. What is wrong with it is in `faults`, so that one driver does not hide another. */
export interface DriverFolder {
  readonly id: string;
  readonly driver?: Driver;
  readonly simulation?: Simulation;
  readonly profiles: readonly Profile[];
  readonly captures: readonly NamedCapture[];
  readonly faults: readonly string[];
}

export interface NamedCapture {
  readonly name: string;
  readonly capture: Capture;
  readonly expected: Expected;
}

/** What a capture must be read as. Findings lack their spans; discards are total bytes for each reason. */
interface Expected {
  readonly identify?: readonly unknown[];
  readonly findings?: readonly unknown[];
  readonly scans?: readonly unknown[];
  readonly discards?: readonly { readonly reason: DiscardReason; readonly length: number }[];
}

const expectedKeys = ["identify", "findings", "scans", "discards"];

/** All driver folders, in the order of their names. */
export async function driverFolders(): Promise<readonly DriverFolder[]> {
  const ids = readdirSync(driversFolder, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? [e.name] : []));
  const loaded = await Promise.all(ids.sort().map(async (id) => ({ id, ...(await modules(id)) })));
  const drivers = new Map(loaded.flatMap(({ id, driver }) => (driver === undefined ? [] : [[id, driver]])));
  const { profiles, remarks } = await resolveProfiles(
    await shippedProfileSources(),
    [],
    async (id) => drivers.get(id)?.options,
  );
  return loaded.map(({ id, driver, simulation, faults }) => {
    const { captures, faults: wrong } = capturesOf(id);
    const own = [...profiles.values()].flatMap(({ profile }) => (profile.driver === id ? [profile] : []));
    return {
      id,
      ...(driver === undefined ? {} : { driver }),
      ...(simulation === undefined ? {} : { simulation }),
      profiles: own,
      captures,
      faults: [
        ...faults,
        ...wrong,
        ...remarks
          .filter(({ file }) => file.includes(`/drivers/${id}/`))
          .map(({ file, line, message }) => `${file}:${line} ${message}`),
        ...readmeFaults(readmeOf(id), own, driver),
      ],
    };
  });
}

/** Empty where there is none, which then lacks all that it should say. */
function readmeOf(id: string): string {
  const file = new URL(`${id}/README.md`, driversFolder);
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

async function modules(id: string): Promise<Pick<DriverFolder, "driver" | "simulation" | "faults">> {
  const faults: string[] = [];
  const load = async (file: string): Promise<Record<string, unknown>> => {
    const url = new URL(`${id}/${file}`, driversFolder);
    if (!existsSync(url)) return {};
    try {
      return (await import(url.href)) as Record<string, unknown>;
    } catch (error) {
      faults.push(`${file} cannot be loaded: ${error}`);
      return {};
    }
  };
  const driver = (await load("driver.ts"))["driver"] as Driver | undefined;
  const simulation = (await load("simulation.ts"))["simulation"] as Simulation | undefined;
  if (driver === undefined) faults.push("driver.ts exports no driver");
  else if (driver.id !== id) faults.push(`the driver's id is ${driver.id}`);
  return {
    ...(driver === undefined ? {} : { driver }),
    ...(simulation === undefined ? {} : { simulation }),
    faults,
  };
}

function capturesOf(id: string): { readonly captures: readonly NamedCapture[]; readonly faults: readonly string[] } {
  const folder = new URL(`${id}/captures/`, driversFolder);
  const files = existsSync(folder) ? readdirSync(folder).sort() : [];
  const names = files.flatMap((file) => (file.endsWith(".jsonl") ? [file.slice(0, -".jsonl".length)] : []));
  const captures: NamedCapture[] = [];
  const faults = names.length === 0 ? ["has no captures"] : [];
  for (const file of files)
    if (!names.some((name) => file === `${name}.jsonl` || file === `${name}.expected.json`))
      faults.push(`captures/${file} belongs to no capture`);
  for (const name of names) {
    const parsed = parseCapture(readFileSync(new URL(`${name}.jsonl`, folder), "utf8"));
    if (!parsed.ok) {
      faults.push(`captures/${name}.jsonl:${parsed.line} ${parsed.problem}`);
      continue;
    }
    try {
      const expected = JSON.parse(readFileSync(new URL(`${name}.expected.json`, folder), "utf8")) as Expected;
      const unknown = Object.keys(expected).filter((key) => !expectedKeys.includes(key));
      faults.push(...unknown.map((key) => `captures/${name}.expected.json has an unknown key “${key}”`));
      captures.push({ name, capture: parsed.capture, expected });
    } catch (error) {
      faults.push(`captures/${name}.expected.json: ${error}`);
    }
  }
  return { captures, faults };
}
