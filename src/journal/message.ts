import type { Database } from "./database.ts";
import type { NewDelivery } from "./journal.ts";
import type { Takers } from "./takers.ts";

/** The next numbers of rows, kept by the one writer. A number that a failed transaction used is not used again. */
export interface Sequences {
  observation: number;
  delivery: number;
}

/** What storing deliveries needs to know beside the database. */
export interface Outgoing {
  readonly sequences: Sequences;
  readonly takers: Takers;
}

/** Reads where the numbers stand; they never go back, even where the last rows were removed. */
export async function readSequences(database: Database): Promise<Sequences> {
  const rows = await database.all<{ name: string; seq: number }>("SELECT name, seq FROM sqlite_sequence");
  const next = (name: string): number => (rows.find((row) => row.name === name)?.seq ?? 0) + 1;
  return { observation: next("observation"), delivery: next("delivery") };
}

const insertOutgoing = `
INSERT INTO outgoing (seq, id, sink, lane, control_id, purpose, state, bytes, carried)
SELECT ?3 + key, value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, substr(?2, value->>6, value->>7), value->>8
FROM json_each(?1)`;
const findObservations = "SELECT id, seq FROM observation WHERE id IN (SELECT value FROM json_each(?))";
const findDeliveries = "SELECT id FROM delivery WHERE id IN (SELECT value FROM json_each(?))";

/** Rows for SQLite: one JSON text of all of them, and beside it the bytes that they name by offset and length. */
export interface Packed {
  readonly json: string;
  readonly bytes: Uint8Array;
}

/**
 * Stores messages with their bytes, to be queued or taken at once. One that carries no observation of the journal is
 * left out, and so is one that is there already. `seqOf` knows the observations stored in this same transaction.
 */
export async function insertDeliveries(
  database: Database,
  outgoing: Outgoing,
  deliveries: readonly NewDelivery[],
  seqOf: ReadonlyMap<string, number>,
  onceStored: (act: () => void) => void,
): Promise<void> {
  if (deliveries.length === 0) return;
  const older = deliveries.filter((delivery) => !delivery.observations.every((id) => seqOf.has(id)));
  const stored = older.length === 0 ? seqOf : await withStored(database, older, seqOf);
  const there = older.length === 0 ? new Set<string>() : await existing(database, older);
  const wanted = deliveries.filter(({ id, observations }) => !there.has(id) && observations.some((o) => stored.has(o)));
  if (wanted.length === 0) return;
  const { first, json, bytes } = outgoingRows(outgoing, wanted, stored, onceStored);
  await database.run(insertOutgoing, json, bytes, first);
}

/** The rows of messages, numbered from `first`, and those who are waiting for them told once they are stored. */
export function outgoingRows(
  { sequences, takers }: Outgoing,
  deliveries: readonly NewDelivery[],
  seqOf: ReadonlyMap<string, number>,
  onceStored: (act: () => void) => void,
): Packed & { readonly first: number } {
  const first = sequences.delivery;
  sequences.delivery += deliveries.length;
  const { taken, stored } = takers.ask(deliveries);
  onceStored(stored);
  let offset = 1;
  const rows = deliveries.map(({ id, sink, observations, lane, controlId, purpose, bytes }) => {
    const state = taken.has(sink) ? "sending" : "queued";
    const carried = observations.flatMap((observation) => seqOf.get(observation) ?? []);
    const row = [id, sink, lane, controlId, purpose, state, offset, bytes.length, carried];
    offset += bytes.length;
    return row;
  });
  return { first, json: JSON.stringify(rows), bytes: Buffer.concat(deliveries.map(({ bytes }) => bytes)) };
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
