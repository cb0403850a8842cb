import { type Figure, figures, median } from "../figures.ts";
import { codec } from "./codec.ts";
import { type Floors, measureFloors } from "./floors.ts";
import { Interrupted } from "./interrupt.ts";
import * as measures from "./measures.ts";
import { meterDownload } from "./meter.ts";

export interface BenchOptions {
  readonly json: boolean;
  readonly runs: number;
  /** Parts of figures' names; none means all. */
  readonly only: readonly string[];
}

type Row = Pick<Figure, "name" | "unit" | "target"> & { readonly floor?: (floors: Floors) => number };

/** Figures that one measurement gives together. */
interface Group {
  readonly rows: readonly Row[];
  /** One value for each row. */
  measure(): Promise<readonly number[]>;
}

const groups: readonly Group[] = [
  {
    rows: [
      { name: "pty to AA, p50", unit: "ms", target: { most: 5 }, floor: oneReadingMs("p50") },
      { name: "pty to AA, p99", unit: "ms", target: { most: 20 }, floor: oneReadingMs("p99") },
    ],
    measure: async () => {
      const { p50, p99 } = await measures.latency();
      return [p50, p99];
    },
  },
  {
    rows: [{ name: "burst to AA", unit: "readings/s", target: { least: 5000 }, floor: ({ roundTrips }) => roundTrips }],
    measure: async () => [await measures.burstToAa()],
  },
  {
    rows: [{ name: "burst to PUBACK", unit: "readings/s", target: { least: 10_000 }, floor: ({ rows }) => rows }],
    measure: async () => [await measures.burstToPuback()],
  },
  {
    rows: [
      { name: "backlog of 50,000", unit: "s", target: { most: 15 }, floor: ({ roundTrips }) => 50_000 / roundTrips },
    ],
    measure: async () => [await measures.drain()],
  },
  {
    rows: [
      { name: "start to ready", unit: "ms", target: { most: 800 }, floor: ({ nodeMs }) => nodeMs },
      { name: "memory after a burst", unit: "MB", target: { most: 100 }, floor: ({ nodeMegabytes }) => nodeMegabytes },
    ],
    measure: async () => {
      const { startMs, megabytes } = await measures.memory();
      return [startMs, megabytes];
    },
  },
  {
    rows: [
      { name: "64 devices, processor", unit: "% of one core", target: { most: 5 } },
      { name: "64 devices, memory", unit: "MB", target: { most: 120 }, floor: ({ nodeMegabytes }) => nodeMegabytes },
    ],
    measure: async () => {
      const { percent, megabytes } = await measures.crowd();
      return [percent, megabytes];
    },
  },
  {
    rows: [
      { name: "meter of 500 results, stored", unit: "s", target: { most: 1 }, floor: ({ rows }) => 500 / rows },
      { name: "meter of 500 results, read again", unit: "s", target: { most: 1 } },
    ],
    measure: async () => {
      const { stored, again } = await meterDownload();
      return [stored, again];
    },
  },
  {
    rows: [{ name: "codec against hl7-standard", unit: "times", target: { least: 3 } }],
    measure: async () => [await codec()],
  },
];

/** What the machine itself does, without the gateway. */
const machine: readonly (Pick<Figure, "name" | "unit"> & { readonly of: (floors: Floors) => number })[] = [
  { name: "fdatasync of 512 bytes", unit: "a second", of: ({ syncs }) => syncs },
  { name: "raw MLLP round trips", unit: "a second", of: ({ roundTrips }) => roundTrips },
  { name: "sqlite3 batch inserts", unit: "rows/s", of: ({ rows }) => rows },
];

/** Of all figures, in the order in which they are measured. */
export const names: readonly string[] = [...groups.flatMap(({ rows }) => rows), ...machine].map(({ name }) => name);

/** Measures what was asked for and shows it; 1 where a target is missed or a reading was lost. */
export async function bench({ json, runs, only }: BenchOptions): Promise<0 | 1> {
  const table = figures(json);
  const floors: Floors[] = [];
  for (const { rows, measure } of groups) {
    const wanted = rows.filter(isWanted);
    if (wanted.length === 0) continue;
    const all: (readonly number[])[] = [];
    const beside: Floors[] = [];
    const besideAny = only.length === 0 || wanted.some(({ floor }) => floor !== undefined);
    for (let run = 1; run <= runs; run++) {
      table.progress(`run ${run} of ${runs}: ${wanted.map(({ name }) => name).join("; ")} …`);
      if (besideAny) beside.push(await measureFloors());
      all.push(await measured(measure, (problem) => table.output.note(`${rows[0]?.name}: ${problem}`)));
    }
    floors.push(...beside);
    for (const [i, each] of rows.entries()) {
      if (!isWanted(each)) continue;
      const { floor, ...row } = each;
      const values = all.flatMap((run) => run[i] ?? []);
      const value = values.length === runs ? median(values) : Number.NaN;
      table.add({ ...row, value, ...(floor && { floor: median(beside.map(floor)) }) });
    }
  }
  const wantedFloors = machine.filter(isWanted);
  // Named by themselves, they were not measured beside anything.
  if (floors.length === 0 && wantedFloors.length > 0)
    for (let run = 1; run <= runs; run++) floors.push(await measureFloors());
  for (const { of, ...row } of wantedFloors) table.add({ ...row, value: median(floors.map(of)) });
  return table.finish();

  function isWanted({ name }: { readonly name: string }): boolean {
    return only.length === 0 || only.some((part) => name.includes(part));
  }
}

/** The parts of names that are in no figure's name. */
export function unknownNames(only: readonly string[]): readonly string[] {
  return only.filter((part) => !names.some((name) => name.includes(part)));
}

/** A measurement that fails is a figure that misses its target, whatever it is. */
async function measured(measure: Group["measure"], tell: (problem: string) => void): Promise<readonly number[]> {
  try {
    return await measure();
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    tell(error instanceof Error ? error.message : String(error));
    return [];
  }
}

/** Written, synced and answered once. */
function oneReadingMs(share: "p50" | "p99"): (floors: Floors) => number {
  return ({ syncMs, roundTrips }) => syncMs[share] + 1000 / roundTrips;
}
