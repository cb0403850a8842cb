import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { type Database, openDatabase, troubleOf } from "./database.ts";
import { exists, graft, hasSchema, salvageByCommand } from "./salvage.ts";
import { migrate, migrations } from "./schema.ts";

/** What was taken over from a damaged journal. */
export interface Recovered {
  /** Where the damaged file is now. */
  readonly setAside: string;
  readonly observations: number;
  readonly deliveries: number;
  readonly events: number;
  /** Rows that others point to and that are gone, at least. */
  readonly lost: number;
}

/** A rescue under way, and one that is complete; a crash in between is finished at the next start. */
const underWay = (path: string): string => `${path}.rescue`;
const complete = (path: string): string => `${path}.rescued`;
const salvage = (path: string): string => `${path}.salvage`;
const grafted = (path: string): string => `${path}.grafted`;

/**
 * Makes a new journal of what is readable in a damaged one, and puts it in its place; the damaged file is set aside,
 * never changed into the new one. The `sqlite3` command, where it is installed, also finds pages that nothing points to
 * any more; without it rows are read by their numbers, around the damaged pages.
 */
export async function rescue(path: string, stamp: string, at: string): Promise<Recovered> {
  for (const file of [underWay(path), salvage(path), grafted(path)]) await removeFiles(file);
  const setAside = `${path}.damaged-${stamp}`;
  await (await open(underWay(path), "w", 0o600)).close();
  const database = await openDatabase(underWay(path), 0);
  let recovered: Recovered;
  try {
    await database.script("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA foreign_keys = OFF;");
    await migrate(database, migrations, stamp);
    const readable = (await hasSchema(path)) ? path : await graft(path, underWay(path), grafted(path));
    const source = (await salvageByCommand(readable, salvage(path))) ? salvage(path) : readable;
    recovered = { setAside, ...(await takeOver(database, source, at)) };
    await note(database, recovered, at);
  } finally {
    await database.close();
  }
  for (const file of [salvage(path), grafted(path)]) await removeFiles(file);
  await rename(underWay(path), complete(path));
  await finishRescue(path, stamp);
  return recovered;
}

/** Puts a rescued journal in its place, if a rescue got so far and no further. */
export async function finishRescue(path: string, stamp: string): Promise<void> {
  if (!(await exists(complete(path)))) return;
  // The WAL first: a damaged file must never be joined to another's.
  for (const suffix of ["-wal", "-shm", ""]) {
    if (await exists(path + suffix)) await rename(path + suffix, `${path}.damaged-${stamp}${suffix}`);
  }
  await rename(complete(path), path);
  const folder = await open(dirname(path));
  await folder.sync().finally(() => folder.close());
}

/** Rows of one table, by their number. `good` guards what the new file would refuse, or what cannot be whole. */
interface Rows {
  readonly table: string;
  readonly key: string;
  readonly columns: string;
  readonly good: string;
}

const text = (...columns: readonly string[]): string => columns.map((c) => `typeof(${c}) = 'text'`).join(" AND ");

const tables: readonly Rows[] = [
  {
    table: "observation",
    key: "seq",
    columns: "seq, id, source_key, in_group, place, received, body",
    good: `${text("id", "source_key", "in_group", "place", "received", "body")} AND json_valid(body) AND body->>'$.id' = id`,
  },
  {
    table: "event",
    key: "seq",
    columns: "seq, at, type, place, device, done_by, data",
    good: `${text("at", "type")} AND (data IS NULL OR json_valid(data))`,
  },
  { table: "message", key: "seq", columns: "seq, bytes", good: "typeof(bytes) = 'blob'" },
  {
    table: "delivery",
    key: "seq",
    columns:
      "seq, id, sink, lane, control_id, purpose, state, attempts, next_at, may_be_duplicate, interrupted, settled_at, code, answer",
    good: `${text("id", "sink", "lane", "control_id", "purpose", "state")} AND seq IN (SELECT seq FROM main.message)`,
  },
  {
    table: "carries",
    key: "delivery",
    columns: "delivery, position, observation",
    good: "observation IN (SELECT seq FROM main.observation) AND delivery IN (SELECT seq FROM main.delivery)",
  },
  {
    table: "amendment",
    key: "observation",
    columns: "observation, event, state, standing, binding, times",
    good: `${text("state", "standing")} AND json_valid(standing) AND observation IN (SELECT seq FROM main.observation)`,
  },
];

const nothing = { observations: 0, deliveries: 0, events: 0, lost: 0 } as const;

async function takeOver(database: Database, source: string, at: string): Promise<Omit<Recovered, "setAside">> {
  // Where not even this works there is nothing to take over.
  if (!(await attempt(database.run("ATTACH ? AS damaged", source)))) return { ...nothing };
  for (const rows of tables) await copy(database, rows);
  await attempt(database.run("INSERT OR IGNORE INTO main.retired_source SELECT key FROM damaged.retired_source"));
  const lost = await countLost(database);
  await database.script(derived(at));
  const [n] = await database.all<Omit<Recovered, "setAside" | "lost">>(
    `SELECT (SELECT count(*) FROM main.observation) AS observations, (SELECT count(*) FROM main.delivery) AS deliveries,
      (SELECT count(*) FROM main.event) AS events`,
  );
  await database.run("DETACH damaged");
  return { observations: n?.observations ?? 0, deliveries: n?.deliveries ?? 0, events: n?.events ?? 0, lost };
}

/** What follows from the rows is made anew rather than copied. */
const derived = (at: string): string => `
  INSERT INTO main.event (seq, at, type) SELECT DISTINCT event, '${at}', 'event-lost' FROM main.amendment
    WHERE event NOT IN (SELECT seq FROM main.event);
  INSERT INTO main.held (observation, reasons)
    SELECT o.seq, coalesce(a.standing, o.body->'$.standing')->'$.reasons' FROM main.observation AS o
    LEFT JOIN main.amendment AS a ON a.observation = o.seq
      AND a.event = (SELECT max(event) FROM main.amendment WHERE observation = o.seq)
    WHERE coalesce(a.standing, o.body->'$.standing')->>'$.state' = 'held';
  INSERT INTO main.tally SELECT 'observation', '', count(*) FROM main.observation;
  INSERT INTO main.tally SELECT 'delivered', sink, count(*) FROM main.delivery WHERE state = 'delivered' GROUP BY sink;`;

/** Failing reads before a table is given up: its upper pages are gone, and halving on would never end. */
const mostFailures = 5000;

/** Copies a table by ranges of its key, halving a range that cannot be read down to the rows that cannot. */
async function copy(database: Database, { table, key, columns, good }: Rows): Promise<void> {
  const insert = `INSERT OR IGNORE INTO main.${table} (${columns}) SELECT ${columns} FROM damaged.${table}
    WHERE ${key} BETWEEN ? AND ? AND ${good}`;
  let failures = 0;
  const ranges: [from: number, to: number][] = [await rangeOf(database, table, key)];
  for (let range = ranges.pop(); range !== undefined && failures < mostFailures; range = ranges.pop()) {
    const [from, to] = range;
    if (await attempt(database.run(insert, from, to))) continue;
    failures += 1;
    if (from === to) continue;
    const middle = Math.floor((from + to) / 2);
    ranges.push([middle + 1, to], [from, middle]);
  }
}

async function rangeOf(database: Database, table: string, key: string): Promise<[number, number]> {
  const edge = async (which: string): Promise<number | undefined> => {
    const rows = await database
      .all<{ n: number | null }>(`SELECT ${which}(${key}) AS n FROM damaged.${table}`)
      .catch(() => []);
    return rows[0]?.n ?? undefined;
  };
  return [(await edge("min")) ?? 1, (await edge("max")) ?? 2 ** 31];
}

async function countLost(database: Database): Promise<number> {
  const pointers = [
    "SELECT count(DISTINCT observation) AS n FROM damaged.carries WHERE observation NOT IN (SELECT seq FROM main.observation)",
    "SELECT count(*) AS n FROM damaged.message WHERE seq NOT IN (SELECT seq FROM main.delivery)",
  ];
  let lost = 0;
  for (const sql of pointers) {
    const rows = await database.all<{ n: number }>(sql).catch(() => []);
    lost += rows[0]?.n ?? 0;
  }
  return lost;
}

/** Whether it worked; what fails because of the damage is what is being found out. */
async function attempt(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (troubleOf(error) === "full" || troubleOf(error) === "locked") throw error;
    return false;
  }
}

async function note(database: Database, { setAside, ...saved }: Recovered, at: string): Promise<void> {
  const data = JSON.stringify({ code: "JOURNAL_CORRUPT", setAside, ...saved });
  await database.run("INSERT INTO event (at, type, data) VALUES (?, 'journal-recovered', ?)", at, data);
}

async function removeFiles(path: string): Promise<void> {
  for (const suffix of ["", "-wal", "-shm", "-journal"]) await rm(path + suffix, { force: true });
}
