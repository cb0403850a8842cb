import type { Database } from "./database.ts";
import type { NewDelivery } from "./journal.ts";

/** The next numbers of rows, kept by the one writer. A number that a failed transaction used is not used again. */
export interface Sequences {
  observation: number;
  delivery: number;
}

/** Reads where the numbers stand; they never go back, even where the last rows were removed. */
export async function readSequences(database: Database): Promise<Sequences> {
  const rows = await database.all<{ name: string; seq: number }>("SELECT name, seq FROM sqlite_sequence");
  const next = (name: string): number => (rows.find((row) => row.name === name)?.seq ?? 0) + 1;
  return { observation: next("observation"), delivery: next("delivery") };
}

const insertMessages = `
INSERT INTO message (seq, bytes) SELECT ?3 + key, substr(?2, value->>0, value->>1) FROM json_each(?1)`;
const insertDeliveryRows = `
INSERT INTO delivery (seq, id, sink, lane, control_id, purpose)
SELECT ?2 + key, value->>0, value->>1, value->>2, value->>3, value->>4 FROM json_each(?1)`;
const insertCarried = `
INSERT INTO carries (delivery, position, observation) SELECT value->>0, value->>1, value->>2 FROM json_each(?)`;
const findObservations = "SELECT id, seq FROM observation WHERE id IN (SELECT value FROM json_each(?))";
const findDeliveries = "SELECT id FROM delivery WHERE id IN (SELECT value FROM json_each(?))";

/**
 * Queues messages with their bytes. One that carries no observation of the journal is left out, and so is one that is
 * there already. `seqOf` knows the observations stored in this same transaction.
 */
export async function insertDeliveries(
  database: Database,
  sequences: Sequences,
  deliveries: readonly NewDelivery[],
  seqOf: ReadonlyMap<string, number>,
): Promise<void> {
  const { wanted, carried } = await resolve(database, deliveries, seqOf);
  if (wanted.length === 0) return;
  const first = sequences.delivery;
  sequences.delivery += wanted.length;

  let offset = 1;
  const places = wanted.map(({ bytes }) => {
    const place = [offset, bytes.length];
    offset += bytes.length;
    return place;
  });
  await database.run(insertMessages, JSON.stringify(places), Buffer.concat(wanted.map(({ bytes }) => bytes)), first);
  const rows = wanted.map(({ id, sink, lane, controlId, purpose }) => [id, sink, lane, controlId, purpose]);
  await database.run(insertDeliveryRows, JSON.stringify(rows), first);
  const pairs = carried.flatMap((seqs, i) => seqs.map((seq, position) => [first + i, position, seq]));
  await database.run(insertCarried, JSON.stringify(pairs));
}

interface Resolved {
  readonly wanted: readonly NewDelivery[];
  /** For each one wanted, the numbers of its observations. */
  readonly carried: readonly (readonly number[])[];
}

async function resolve(
  database: Database,
  deliveries: readonly NewDelivery[],
  seqOf: ReadonlyMap<string, number>,
): Promise<Resolved> {
  const wanted: NewDelivery[] = [];
  const carried: number[][] = [];
  const older = deliveries.filter((delivery) => !delivery.observations.every((id) => seqOf.has(id)));
  // The usual case: everything that is sent was stored in this very transaction.
  const stored = older.length === 0 ? seqOf : await withStored(database, older, seqOf);
  const there = older.length === 0 ? new Set<string>() : await existing(database, older);
  for (const delivery of deliveries) {
    const seqs = delivery.observations.flatMap((id) => stored.get(id) ?? []);
    if (seqs.length === 0 || there.has(delivery.id)) continue;
    wanted.push(delivery);
    carried.push(seqs);
  }
  return { wanted, carried };
}

async function withStored(
  database: Database,
  deliveries: readonly NewDelivery[],
  seqOf: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, number>> {
  const ids = deliveries.flatMap((delivery) => delivery.observations);
  const rows = await database.all<{ id: string; seq: number }>(findObservations, JSON.stringify(ids));
  return new Map([...seqOf, ...rows.map((row) => [row.id, row.seq] as const)]);
}

async function existing(database: Database, deliveries: readonly NewDelivery[]): Promise<ReadonlySet<string>> {
  const ids = deliveries.map((delivery) => delivery.id);
  const rows = await database.all<{ id: string }>(findDeliveries, JSON.stringify(ids));
  return new Set(rows.map((row) => row.id));
}
