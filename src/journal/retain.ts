import type { Change } from "./change.ts";
import type { Database } from "./database.ts";

/** Rows a batch: short enough that a reading waiting for its commit does not notice, and that the WAL stays small. */
export const rowsABatch = 500;
/** Free pages given back to the disk at a time. */
const pagesABatch = 500;

/**
 * Candidates in the order in which they were stored, and never beyond the first one that is young enough: a wrong
 * clock makes some rows look old, but none is older than those before it.
 */
export const oldest = `
SELECT o.seq, o.received,
  EXISTS (SELECT 1 FROM held WHERE observation = o.seq) OR EXISTS (
    SELECT 1 FROM carries AS c JOIN delivery AS d ON d.seq = c.delivery
    WHERE c.observation = o.seq AND d.state NOT IN ('delivered', 'abandoned')) AS stays
FROM observation AS o WHERE o.seq > ?1 ORDER BY o.seq LIMIT ?2`;

const carriers = "SELECT DISTINCT delivery FROM carries WHERE observation IN (SELECT value FROM json_each(?))";
/* A message of several readings stays until the last of them goes. */
const emptied = `
SELECT d.seq, d.sink, d.state FROM delivery AS d WHERE d.seq IN (SELECT value FROM json_each(?))
  AND NOT EXISTS (SELECT 1 FROM carries WHERE delivery = d.seq)`;
const retireKeys = `
INSERT INTO retired_source (key) SELECT source_key FROM observation
WHERE seq IN (SELECT value FROM json_each(?)) AND source_key <> 'id:' || id ON CONFLICT DO NOTHING`;
const lessObservations = "UPDATE tally SET n = n - ? WHERE what = 'observation'";
const lessDelivered = "UPDATE tally SET n = n - ?2 WHERE what = 'delivered' AND sink = ?1";
const raiseHorizon = "UPDATE horizon SET observation = max(observation, ?)";
const drop = (table: string, column: string): string =>
  `DELETE FROM ${table} WHERE ${column} IN (SELECT value FROM json_each(?))`;

/** Events go in their order too; those of a change to a reading that is still here stay with it. */
const oldestEvents = `
SELECT e.seq, e.at AS received, EXISTS (SELECT 1 FROM amendment WHERE event = e.seq) AS stays
FROM event AS e WHERE e.seq > ?1 ORDER BY e.seq LIMIT ?2`;
const raiseEventHorizon = "UPDATE horizon SET event = max(event, ?)";

/** One step through the oldest rows. */
export interface RetainStep {
  readonly what: "observation" | "event";
  /** Where the step before it ended. */
  readonly after: number;
  /** Only what was received before this; left out, whatever is oldest. */
  readonly before?: string;
}

export interface RetainedStep {
  readonly removed: number;
  /** Where the next step begins; nothing where the last candidate was seen. */
  readonly next?: number;
  /** When the newest of the rows seen was received: what is older can go with it. */
  readonly reached?: string;
}

/** Removes what is delivered, a batch at a time. */
export function retire(database: Database): Change<RetainStep, RetainedStep> {
  return {
    essential: true,
    isOneStatement: () => false,
    weigh: () => rowsABatch,
    async make(steps) {
      const done: RetainedStep[] = [];
      for (const step of steps) done.push(await retireBatch(database, step));
      return done;
    },
  };
}

async function retireBatch(database: Database, { what, after, before }: RetainStep): Promise<RetainedStep> {
  const rows = await database.all<{ seq: number; received: string; stays: number }>(
    what === "observation" ? oldest : oldestEvents,
    after,
    rowsABatch,
  );
  const young = before === undefined ? -1 : rows.findIndex(({ received }) => received >= before);
  const seen = young === -1 ? rows : rows.slice(0, young);
  const seqs = seen.filter(({ stays }) => stays === 0).map(({ seq }) => seq);
  if (seqs.length > 0) {
    if (what === "observation") await removeObservations(database, seqs);
    else await removeEvents(database, seqs);
  }
  const last = seen.at(-1);
  const more = young === -1 && rows.length === rowsABatch && last !== undefined;
  return {
    removed: seqs.length,
    ...(more ? { next: last.seq } : {}),
    ...(last === undefined ? {} : { reached: last.received }),
  };
}

async function removeObservations(database: Database, seqs: readonly number[]): Promise<void> {
  const json = JSON.stringify(seqs);
  const carrying = await database.all<{ delivery: number }>(carriers, json);
  await database.run(raiseHorizon, seqs.at(-1) ?? 0);
  await database.run(retireKeys, json);
  await database.run(drop("carries", "observation"), json);
  await database.run(drop("observation", "seq"), json);
  await database.run(lessObservations, seqs.length);

  const empty = await database.all<{ seq: number; sink: string; state: string }>(
    emptied,
    JSON.stringify(carrying.map(({ delivery }) => delivery)),
  );
  const gone = JSON.stringify(empty.map(({ seq }) => seq));
  await database.run(drop("delivery", "seq"), gone);
  await database.run(drop("message", "seq"), gone);
  const delivered = empty.filter(({ state }) => state === "delivered").map(({ sink }) => sink);
  for (const sink of new Set(delivered)) {
    await database.run(lessDelivered, sink, delivered.filter((one) => one === sink).length);
  }
}

async function removeEvents(database: Database, seqs: readonly number[]): Promise<void> {
  await database.run(raiseEventHorizon, seqs.at(-1) ?? 0);
  await database.run(drop("event", "seq"), JSON.stringify(seqs));
}

/** How large the file is, and how much of it is in use. */
export async function size(database: Database): Promise<{ readonly bytes: number; readonly used: number }> {
  const [row] = await database.all<{ pages: number; free: number; size: number }>(
    `SELECT page_count AS pages, freelist_count AS free, page_size AS size
     FROM pragma_page_count, pragma_freelist_count, pragma_page_size`,
  );
  const { pages, free, size: page } = row ?? { pages: 0, free: 0, size: 0 };
  return { bytes: pages * page, used: (pages - free) * page };
}

/** Gives pages that are free back to the disk, a batch at a time. Answers whether there are more. */
export function giveBack(database: Database): Change<null, boolean> {
  return {
    essential: true,
    isOneStatement: () => false,
    weigh: () => pagesABatch,
    async make(calls) {
      await database.all(`PRAGMA incremental_vacuum(${pagesABatch})`);
      const [row] = await database.all<{ freelist_count: number }>("PRAGMA freelist_count");
      return calls.map(() => (row?.freelist_count ?? 0) > 0);
    },
  };
}
