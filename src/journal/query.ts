import type { HoldReason, Observation } from "../model/observation.ts";
import type { ProblemCode } from "../model/problem.ts";
import type { Database } from "./database.ts";
import type {
  Counts,
  DeliveryQuery,
  DeliveryState,
  JournalEvent,
  ObservationQuery,
  Purpose,
  StoredDelivery,
  StoredEvent,
  StoredObservation,
} from "./journal.ts";

const newestAmendment = `
LEFT JOIN amendment AS a ON a.observation = o.seq
  AND a.event = (SELECT max(event) FROM amendment WHERE observation = o.seq)`;

interface ObservationRow {
  readonly seq: number;
  readonly version: number;
  readonly body: string;
  readonly standing: string | null;
  readonly binding: string | null;
  readonly times: string | null;
}

/** A condition, with the value that it takes. */
type Condition = readonly [sql: string, value: string | number];

/** The statement of a query, and its values. Each kind of query rides an index from its newest row. */
export function observationStatement(query: ObservationQuery): readonly [sql: string, values: (string | number)[]] {
  const { limit, ids, standing, place, group, afterSeq } = query;
  const conditions: Condition[] = [];
  if (ids !== undefined) conditions.push(["o.id IN (SELECT value FROM json_each(?))", JSON.stringify(ids)]);
  if (group !== undefined) conditions.push(["o.in_group = ?", group]);
  if (place !== undefined) conditions.push(["o.place = ?", place]);
  if (afterSeq !== undefined) conditions.push(["o.seq > ?", afterSeq]);
  if (standing !== undefined) conditions.push(standingCondition(standing));
  const where = conditions.length === 0 ? "" : `WHERE ${conditions.map(([sql]) => sql).join(" AND ")}`;
  const order = afterSeq === undefined ? "DESC" : "ASC";
  const sql = `SELECT o.seq, coalesce(a.event, 0) AS version, o.body, a.standing, a.binding, a.times FROM observation AS o ${newestAmendment}
    ${where} ORDER BY o.seq ${order} LIMIT ?`;
  return [sql, [...conditions.map(([, value]) => value), limit]];
}

function standingCondition(state: Observation["standing"]["state"]): Condition {
  switch (state) {
    case "held":
      return ["o.seq IN (SELECT observation FROM held) AND ?", 1];
    case "discarded":
      return ["o.seq IN (SELECT observation FROM amendment WHERE state = 'discarded') AND a.state = ?", state];
    case "ready":
      return ["coalesce(a.state, o.body->>'$.standing.state') = ?", state];
  }
}

/** Observations as they stand now, each with its deliveries. */
export async function observations(database: Database, query: ObservationQuery): Promise<readonly StoredObservation[]> {
  const [sql, values] = observationStatement(query);
  const rows = await database.all<ObservationRow>(sql, ...values);
  const seqs = JSON.stringify(rows.map(({ seq }) => seq));
  const carried = await database.all<DeliveryRow & { observation: number }>(deliveriesOf, seqs);
  const deliveriesAt = new Map<number, StoredDelivery[]>(rows.map(({ seq }) => [seq, []]));
  for (const row of carried) deliveriesAt.get(row.observation)?.push(storedDelivery(row));
  return rows.map((row) => ({
    seq: row.seq,
    version: row.version,
    observation: standingNow(row),
    deliveries: deliveriesAt.get(row.seq) ?? [],
  }));
}

function standingNow({ body, standing, binding, times }: ObservationRow): Observation {
  const stored = JSON.parse(body) as Observation;
  if (standing === null) return stored;
  return {
    ...stored,
    standing: JSON.parse(standing) as Observation["standing"],
    ...(binding === null ? {} : { binding: JSON.parse(binding) as NonNullable<Observation["binding"]> }),
    ...(times === null ? {} : { times: JSON.parse(times) as Observation["times"] }),
  };
}

interface DeliveryRow {
  readonly id: string;
  readonly sink: string;
  readonly purpose: Purpose;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly control_id: string;
  readonly next_at: number | null;
  readonly settled_at: string | null;
  readonly code: ProblemCode | null;
  readonly answer: string | null;
  readonly observations: string;
}

const deliveryColumns = `d.id, d.sink, d.purpose, d.state, d.attempts, d.control_id, d.next_at, d.settled_at, d.code,
  d.answer, (SELECT json_group_array(id) FROM (SELECT o.id FROM carries AS p JOIN observation AS o
    ON o.seq = p.observation WHERE p.delivery = d.seq ORDER BY p.position)) AS observations`;

export const deliveriesOf = `SELECT c.observation, ${deliveryColumns}
FROM carries AS c JOIN delivery AS d ON d.seq = c.delivery
WHERE c.observation IN (SELECT value FROM json_each(?)) ORDER BY c.observation, d.seq`;

function storedDelivery(row: DeliveryRow): StoredDelivery {
  return {
    id: row.id,
    sink: row.sink,
    observations: JSON.parse(row.observations) as string[],
    purpose: row.purpose,
    state: row.state,
    attempts: row.attempts,
    controlId: row.control_id,
    ...(row.next_at === null ? {} : { nextAtMs: row.next_at }),
    ...(row.settled_at === null ? {} : { settledAt: row.settled_at }),
    ...(row.code === null ? {} : { code: row.code }),
    ...(row.answer === null ? {} : { answer: row.answer }),
  };
}

const allStates = ["queued", "sending", "delivered", "rejected", "unsure", "abandoned"] as const;

/** The statement of a query, and its values. States are written out, so that each rides its partial index. */
export function deliveryStatement({ limit, ids, sink, states }: DeliveryQuery): readonly [string, (string | number)[]] {
  const conditions: Condition[] = [];
  if (ids !== undefined) conditions.push(["d.id IN (SELECT value FROM json_each(?))", JSON.stringify(ids)]);
  if (sink !== undefined) conditions.push(["d.sink = ?", sink]);
  const wanted = states === undefined ? [undefined] : allStates.filter((state) => states.includes(state));
  const values: (string | number)[] = [];
  const parts = wanted.map((state) => {
    const all = [...conditions.map(([sql]) => sql), ...(state === undefined ? [] : [`d.state = '${state}'`])];
    values.push(...conditions.map(([, value]) => value), limit);
    const where = all.length === 0 ? "" : `WHERE ${all.join(" AND ")}`;
    return `SELECT seq FROM (SELECT d.seq FROM delivery AS d ${where} ORDER BY d.seq DESC LIMIT ?)`;
  });
  const seqs = parts.length === 0 ? "SELECT NULL" : parts.join(" UNION ALL ");
  const sql = `SELECT ${deliveryColumns} FROM delivery AS d WHERE d.seq IN (${seqs}) ORDER BY d.seq DESC LIMIT ?`;
  return [sql, [...values, limit]];
}

export async function deliveries(database: Database, query: DeliveryQuery): Promise<readonly StoredDelivery[]> {
  const [sql, values] = deliveryStatement(query);
  return (await database.all<DeliveryRow>(sql, ...values)).map(storedDelivery);
}

export const bytesOf = "SELECT bytes FROM message WHERE seq = (SELECT seq FROM delivery WHERE id = ?)";

export async function deliveryBytes(database: Database, id: string): Promise<Uint8Array | undefined> {
  const [row] = await database.all<{ bytes: Uint8Array }>(bytesOf, id);
  return row?.bytes;
}

interface EventRow {
  readonly seq: number;
  readonly at: string;
  readonly type: string;
  readonly place: string | null;
  readonly device: string | null;
  readonly done_by: string | null;
  readonly data: string | null;
}

const eventColumns = "SELECT e.seq, e.at, e.type, e.place, e.device, e.done_by, e.data";
export const newestEvents = `${eventColumns} FROM event AS e ORDER BY e.seq DESC LIMIT ?`;
/* The newest of each type, then the newest of those. */
export const newestEventsOf = `${eventColumns} FROM json_each(?1) AS t JOIN event AS e
  ON e.seq IN (SELECT seq FROM event WHERE type = t.value ORDER BY seq DESC LIMIT ?2)
ORDER BY e.seq DESC LIMIT ?2`;

export async function events(
  database: Database,
  { limit, types }: { readonly limit: number; readonly types?: readonly string[] },
): Promise<readonly StoredEvent[]> {
  const rows =
    types === undefined
      ? await database.all<EventRow>(newestEvents, limit)
      : await database.all<EventRow>(newestEventsOf, JSON.stringify([...new Set(types)]), limit);
  return rows.map((row) => ({
    seq: row.seq,
    at: row.at,
    type: row.type,
    ...(row.place === null ? {} : { place: row.place }),
    ...(row.device === null ? {} : { device: row.device }),
    ...(row.done_by === null ? {} : { by: row.done_by }),
    ...(row.data === null ? {} : { data: JSON.parse(row.data) as NonNullable<JournalEvent["data"]> }),
  }));
}

export const knownKeys = `
SELECT value AS key FROM json_each(?1) WHERE value IN (SELECT source_key FROM observation WHERE source_key = value)
  OR value IN (SELECT key FROM retired_source WHERE key = value)`;

export async function known(database: Database, sourceKeys: readonly string[]): Promise<ReadonlySet<string>> {
  if (sourceKeys.length === 0) return new Set();
  const rows = await database.all<{ key: string }>(knownKeys, JSON.stringify(sourceKeys));
  return new Set(rows.map((row) => row.key));
}

const tallies = "SELECT what, sink, n FROM tally";
export const countQueued = `
SELECT sink, count(*) AS n FROM delivery INDEXED BY delivery_queued WHERE state = 'queued' GROUP BY sink`;
export const countUnsettled = `
SELECT sink, state, count(*) AS n FROM delivery INDEXED BY delivery_unsettled
WHERE state IN ('sending', 'rejected', 'unsure', 'abandoned') GROUP BY state, sink`;
const countHeld = "SELECT count(*) AS n FROM held";
const countReasons = `
SELECT r.value AS reason, count(*) AS n FROM held, json_each(held.reasons) AS r GROUP BY r.value`;

/** What there is, by state. What grows without bound is tallied as it comes, so that this stays fast. */
export async function counts(database: Database): Promise<Counts> {
  const tally = await database.all<{ what: string; sink: string; n: number }>(tallies);
  const queued = await database.all<{ sink: string; n: number }>(countQueued);
  const unsettled = await database.all<{ sink: string; state: DeliveryState; n: number }>(countUnsettled);
  const [held] = await database.all<{ n: number }>(countHeld);
  const reasons = await database.all<{ reason: HoldReason; n: number }>(countReasons);

  const bySink: Record<string, Partial<Record<DeliveryState, number>>> = {};
  const add = (sink: string, state: DeliveryState, n: number): void => {
    bySink[sink] = { ...bySink[sink], [state]: n };
  };
  for (const { what, sink, n } of tally) if (what === "delivered" && n > 0) add(sink, "delivered", n);
  for (const { sink, n } of queued) add(sink, "queued", n);
  for (const { sink, state, n } of unsettled) add(sink, state, n);
  return {
    observations: tally.find(({ what }) => what === "observation")?.n ?? 0,
    held: held?.n ?? 0,
    heldReasons: Object.fromEntries(reasons.map(({ reason, n }) => [reason, n])),
    deliveries: bySink,
  };
}
