import { access, readdir } from "node:fs/promises";
import type { Driver } from "../driver-kit/contract.ts";
import { inSum } from "../driver-kit/in-sum.ts";
import type { Simulation } from "../driver-kit/instrument.ts";

/** The same from the sources and from dist/, which has the same shape. */
const folder = new URL("../../drivers/", import.meta.url);
const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";

/** The ids of all drivers: the folders that have a `driver` module. */
export async function driverIds(): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const ids = await Promise.all(
    entries.map(async ({ name }) => ((await exists(moduleOf(name, "driver"))) ? [name] : [])),
  );
  return ids.flat().sort();
}

/** The driver in the folder of this name, or undefined where there is none. Loaded when it is first asked for. */
export async function loadDriver(id: string): Promise<Driver | undefined> {
  const loaded = await load(id, "driver");
  if (loaded === undefined) return undefined;
  const driver = loaded["driver"] as Driver;
  return { ...driver, session: (options) => inSum(driver.session(options)) };
}

/** The simulated instrument of a driver's folder, or undefined where there is none. */
export async function loadSimulation(id: string): Promise<Simulation | undefined> {
  const loaded = await load(id, "simulation");
  return loaded === undefined ? undefined : (loaded["simulation"] as Simulation);
}

async function load(id: string, name: "driver" | "simulation"): Promise<Record<string, unknown> | undefined> {
  // An id comes from a profile, which a site may write: it names a folder here and nothing else.
  if (!/^[a-z0-9][a-z0-9-]*$/.test(id)) return undefined;
  const module = moduleOf(id, name);
  if (!(await exists(module))) return undefined;
  return (await import(module.href)) as Record<string, unknown>;
}

function moduleOf(id: string, name: string): URL {
  return new URL(`${id}/${name}.${extension}`, folder);
}

function exists(file: URL): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
