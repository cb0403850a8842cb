import { type Figure, figures, median } from "../figures.ts";
import { codec } from "./codec.ts";
import { type Floors, measureFloors } from "./floors.ts";
import * as measures from "./measures.ts";

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
      { name: "pty to AA, p50", unit: "ms", target: { most: 5 }, floor: oneReadingMs },
      { name: "pty to AA, p99", unit: "ms", target: { most: 20 }, floor: oneReadingMs },
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
    rows: [{ name: "codec against hl7-standard", unit: "times", target: { least: 3 } }],
    measure: async () => [await codec()],
  },
];

/** Measures what was asked for and shows it; 1 where a target is missed or a reading was lost. */
export async function bench({ json, runs, only }: BenchOptions): Promise<0 | 1> {
  const table = figures(json);
  const floors: Floors[] = [];
  for (const { rows, measure } of groups.filter(isWanted)) {
    const all: (readonly number[])[] = [];
    const beside: Floors[] = [];
    for (let run = 1; run <= runs; run++) {
      table.progress(`run ${run} of ${runs}: ${rows.map(({ name }) => name).join("; ")} …`);
      beside.push(await measureFloors());
      all.push(await measured(measure, (problem) => table.output.note(`${rows[0]?.name}: ${problem}`)));
    }
    floors.push(...beside);
    for (const [i, { floor, ...row }] of rows.entries()) {
      const values = all.flatMap((run) => run[i] ?? []);
      const value = values.length === runs ? median(values) : Number.NaN;
      table.add({ ...row, value, ...(floor && { floor: median(beside.map(floor)) }) });
    }
  }
  const add = (name: string, unit: string, of: (floors: Floors) => number): void =>
    table.add({ name, unit, value: median(floors.map(of)) });
  add("fdatasync of 512 bytes", "a second", ({ syncs }) => syncs);
  add("raw MLLP round trips", "a second", ({ roundTrips }) => roundTrips);
  add("sqlite3 batch inserts", "rows/s", ({ rows }) => rows);
  return table.finish();

  function isWanted({ rows }: Group): boolean {
    return only.length === 0 || rows.some(({ name }) => only.some((part) => name.includes(part)));
  }
}

/** A measurement that fails is a figure that misses its target, whatever it is. */
async function measured(measure: Group["measure"], tell: (problem: string) => void): Promise<readonly number[]> {
  try {
    return await measure();
  } catch (error) {
    tell(error instanceof Error ? error.message : String(error));
    return [];
  }
}

/** Written, synced and answered once. */
function oneReadingMs({ syncs, roundTrips }: Floors): number {
  return 1000 / syncs + 1000 / roundTrips;
}
