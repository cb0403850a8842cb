import type { Observation } from "../model/observation.ts";
import type { Change } from "./commit-queue.ts";
import type { Database } from "./database.ts";
import type { Appended, Entry, JournalEvent } from "./journal.ts";
import { insertDeliveries, type Sequences } from "./message.ts";

/*
 * A batch goes to SQLite as one JSON parameter, which json_each takes apart. Long texts and bytes go beside it as one
 * blob, cut with substr by byte offsets: nothing in them needs escaping, and they arrive exactly as they are.
 */
const insertObservations = `
INSERT INTO observation (seq, id, source_key, in_group, place, received, body)
SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5,
  CAST(substr(?2, value->>6, value->>7) AS TEXT)
FROM json_each(?1) WHERE true
ON CONFLICT (source_key) DO NOTHING`;

/** What an instrument may report again, and what retention has already removed. */
const findRetired = "SELECT key FROM retired_source WHERE key IN (SELECT value FROM json_each(?))";
const findInserted = "SELECT seq FROM observation WHERE seq BETWEEN ? AND ?";
const insertHeld = "INSERT INTO held (observation, reasons) SELECT value->>0, value->>1 FROM json_each(?)";
const insertEventRows = `
INSERT INTO event (at, type, place, device, done_by, data)
SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5 FROM json_each(?)`;

/** Stores entries: observations that are new, what is to be sent of them, and events. */
export function append(database: Database, sequences: Sequences): Change<Entry, Appended> {
  return {
    essential: false,
    isOneStatement: () => false,
    weigh: ({ observations, deliveries, events }) => observations.length + deliveries.length + events.length,
    async make(entries) {
      const numbered = await store(database, sequences, entries);
      const seqOf = new Map<string, number>();
      for (const { observation, seq } of numbered) seqOf.set(observation.id, seq);
      await hold(database, numbered);
      await insertDeliveries(
        database,
        sequences,
        entries.flatMap((entry) => entry.deliveries),
        seqOf,
      );
      await insertEvents(
        database,
        entries.flatMap((entry) => entry.events),
      );
      const stored = new Set<Observation>(numbered.map(({ observation }) => observation));
      return entries.map(({ observations }) => {
        const mine = observations.filter((observation) => stored.has(observation)).map(({ id }) => id);
        return { stored: mine, known: observations.length - mine.length };
      });
    },
  };
}

interface Numbered {
  readonly observation: Observation;
  readonly seq: number;
}

/** Inserts the observations whose source key is not known yet, and answers those. */
async function store(
  database: Database,
  sequences: Sequences,
  entries: readonly Entry[],
): Promise<readonly Numbered[]> {
  const fresh = await withoutRetired(
    database,
    entries.flatMap((entry) => entry.observations),
  );
  if (fresh.length === 0) return [];
  const first = sequences.observation;
  const numbered = fresh.map((observation, i) => ({ observation, seq: first + i }));
  sequences.observation += fresh.length;

  const bodies: string[] = [];
  let offset = 1;
  const rows = numbered.map(({ observation: o, seq }) => {
    const body = JSON.stringify(o);
    const length = Buffer.byteLength(body);
    const row = [seq, o.id, o.sourceKey, o.group, o.device.place, o.times.received.wall, offset, length];
    bodies.push(body);
    offset += length;
    return row;
  });
  const inserted = await database.run(insertObservations, JSON.stringify(rows), Buffer.from(bodies.join("")));
  if (inserted === numbered.length) return numbered;
  const found = await database.all<{ seq: number }>(findInserted, first, sequences.observation - 1);
  const there = new Set(found.map((row) => row.seq));
  return numbered.filter(({ seq }) => there.has(seq));
}

async function withoutRetired(
  database: Database,
  observations: readonly Observation[],
): Promise<readonly Observation[]> {
  const again = observations.filter(maybeReportedAgain).map((observation) => observation.sourceKey);
  if (again.length === 0) return observations;
  const rows = await database.all<{ key: string }>(findRetired, JSON.stringify(again));
  if (rows.length === 0) return observations;
  const retired = new Set(rows.map((row) => row.key));
  return observations.filter((observation) => !retired.has(observation.sourceKey));
}

/** A source key made of the observation's own id is unique by itself: that reading cannot come a second time. */
const maybeReportedAgain = ({ id, sourceKey }: Observation): boolean => sourceKey !== `id:${id}`;

async function hold(database: Database, numbered: readonly Numbered[]): Promise<void> {
  const rows = numbered.flatMap(({ observation: { standing }, seq }) =>
    standing.state === "held" ? [[seq, JSON.stringify(standing.reasons)]] : [],
  );
  if (rows.length > 0) await database.run(insertHeld, JSON.stringify(rows));
}

/** Writes events down, in order. */
export async function insertEvents(database: Database, events: readonly JournalEvent[]): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map(({ at, type, place, device, by, data }) => [
    at,
    type,
    place ?? null,
    device ?? null,
    by ?? null,
    data === undefined ? null : JSON.stringify(data),
  ]);
  await database.run(insertEventRows, JSON.stringify(rows));
}
