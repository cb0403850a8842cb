import type { Change } from "./change.ts";
import type { Database } from "./database.ts";
import type { Appended, JournalEvent } from "./journal.ts";
import { insertDeliveries, type Outgoing, outgoingRows, type Packed } from "./message.ts";
import { eventRow, type Written, type WrittenObservation } from "./written.ts";

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

/** All that entries bring, by way of the view `entry`: one statement, and so a transaction by itself. */
const insertEntries = `
INSERT INTO entry (observations, bodies, held, first, outgoing, messages, events) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`;

/** What an instrument may report again, and what retention has already removed. */
const findRetired = "SELECT key FROM retired_source WHERE key IN (SELECT value FROM json_each(?))";
const findInserted = "SELECT seq FROM observation WHERE seq BETWEEN ? AND ?";
const insertHeld = "INSERT INTO held (observation, reasons) SELECT value->>0, value->>1 FROM json_each(?)";
const insertEventSql = `
INSERT INTO event (at, type, place, device, done_by, data)
SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5 FROM json_each(?)`;

/** Stores entries: observations that are new, what is to be sent of them, and events. */
export function append(database: Database, outgoing: Outgoing): Change<Written, Appended> {
  return {
    essential: false,
    isOneStatement: (entries) => entries.every(isNewForCertain),
    weigh: ({ observations, deliveries, events }) => observations.length + deliveries.length + events.length,
    async make(entries, onceStored, atOnce) {
      const observations = entries.flatMap((entry) => entry.observations);
      const deliveries = entries.flatMap((entry) => entry.deliveries);
      const events = entries.flatMap((entry) => entry.events);
      let seqOf: ReadonlyMap<string, number>;
      if (atOnce) {
        const numbered = number(outgoing, observations);
        seqOf = seqs(numbered);
        const { json, bytes } = packed(numbered);
        const sent = outgoingRows(outgoing, deliveries, seqOf, onceStored);
        const held = JSON.stringify(heldRows(numbered));
        const happened = JSON.stringify(events);
        await database.run(insertEntries, json, bytes, held, sent.first, sent.json, sent.bytes, happened);
      } else {
        const numbered = await store(database, outgoing, observations);
        seqOf = seqs(numbered);
        const held = heldRows(numbered);
        if (held.length > 0) await database.run(insertHeld, JSON.stringify(held));
        await insertDeliveries(database, outgoing, deliveries, seqOf, onceStored);
        await insertEventRows(database, events);
      }
      return entries.map((entry) => {
        const stored = entry.observations.flatMap(({ id }) => (seqOf.has(id) ? id : []));
        return { stored, known: entry.observations.length - stored.length };
      });
    },
  };
}

/**
 * None of it is in the journal already, unless the very same entry was appended before, and what it sends is its own.
 * Then nothing is looked up between one statement and the next, each of which costs a turn of the event loop and of a
 * thread; and if something is there after all, the statement fails and it is made in steps.
 */
function isNewForCertain({ observations, deliveries }: Written): boolean {
  if (observations.some(maybeReportedAgain)) return false;
  return deliveries.every((delivery) => delivery.observations.every((id) => observations.some((o) => o.id === id)));
}

interface Numbered {
  readonly observation: WrittenObservation;
  readonly seq: number;
}

function number({ sequences }: Outgoing, observations: readonly WrittenObservation[]): readonly Numbered[] {
  const first = sequences.observation;
  sequences.observation += observations.length;
  return observations.map((observation, i) => ({ observation, seq: first + i }));
}

const seqs = (numbered: readonly Numbered[]): ReadonlyMap<string, number> =>
  new Map(numbered.map(({ observation, seq }) => [observation.id, seq]));

function packed(numbered: readonly Numbered[]): Packed {
  let offset = 1;
  const rows = numbered.map(({ observation: o, seq }) => {
    const row = [seq, o.id, o.sourceKey, o.group, o.place, o.received, offset, o.body.length];
    offset += o.body.length;
    return row;
  });
  return { json: JSON.stringify(rows), bytes: Buffer.concat(numbered.map(({ observation }) => observation.body)) };
}

/** Inserts the observations whose source key is not known yet, and answers those. */
async function store(
  database: Database,
  outgoing: Outgoing,
  observations: readonly WrittenObservation[],
): Promise<readonly Numbered[]> {
  const fresh = await withoutRetired(database, observations);
  if (fresh.length === 0) return [];
  const numbered = number(outgoing, fresh);
  const { json, bytes } = packed(numbered);
  const inserted = await database.run(insertObservations, json, bytes);
  if (inserted === numbered.length) return numbered;
  const first = numbered[0]?.seq ?? 0;
  const found = await database.all<{ seq: number }>(findInserted, first, first + numbered.length - 1);
  const there = new Set(found.map((row) => row.seq));
  return numbered.filter(({ seq }) => there.has(seq));
}

async function withoutRetired(
  database: Database,
  observations: readonly WrittenObservation[],
): Promise<readonly WrittenObservation[]> {
  const again = observations.filter(maybeReportedAgain).map((observation) => observation.sourceKey);
  if (again.length === 0) return observations;
  const rows = await database.all<{ key: string }>(findRetired, JSON.stringify(again));
  if (rows.length === 0) return observations;
  const retired = new Set(rows.map((row) => row.key));
  return observations.filter((observation) => !retired.has(observation.sourceKey));
}

/** A source key made of the observation's own id is unique by itself: that reading cannot come a second time. */
const maybeReportedAgain = ({ sourceKey }: WrittenObservation): boolean => !sourceKey.startsWith("id:");

function heldRows(numbered: readonly Numbered[]): readonly unknown[] {
  const rows: unknown[] = [];
  for (const { observation, seq } of numbered) {
    if (observation.reasons !== undefined) rows.push([seq, observation.reasons]);
  }
  return rows;
}

/** Writes events down, in order. */
export async function insertEvents(database: Database, events: readonly JournalEvent[]): Promise<void> {
  await insertEventRows(database, events.map(eventRow));
}

async function insertEventRows(database: Database, rows: Written["events"]): Promise<void> {
  if (rows.length > 0) await database.run(insertEventSql, JSON.stringify(rows));
}
