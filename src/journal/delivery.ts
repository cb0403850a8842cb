import type { Change } from "./change.ts";
import type { Database } from "./database.ts";
import type { Claimed, Outcome } from "./journal.ts";

/** What a worker asks for. */
export interface Claim {
  readonly sink: string;
  readonly limit: number;
  readonly nowMs: number;
}

/** An earlier one of the lane waits for its next try; `due` says from when on waiting counts. */
const laneWaits = (due: string): string => `
  SELECT 1 FROM delivery AS w
  WHERE w.sink = d.sink AND w.lane = d.lane AND w.seq < d.seq AND w.state = 'queued' AND ${due}`;

/** A dead letter carries what this withdrawal or correction is about. */
const deadLetterFirst = `
  SELECT 1 FROM carries AS mine
  JOIN carries AS theirs ON theirs.observation = mine.observation AND theirs.delivery < mine.delivery
  JOIN delivery AS e ON e.seq = theirs.delivery
  WHERE mine.delivery = d.seq AND e.sink = d.sink AND e.state IN ('rejected', 'unsure')`;

/** The deliveries of a sink (?1) that may go now (?2), oldest first. */
export const claimable = `
SELECT d.seq FROM delivery AS d INDEXED BY delivery_queued
WHERE d.sink = ?1 AND d.state = 'queued' AND (d.next_at IS NULL OR d.next_at <= ?2)
  AND NOT EXISTS (${laneWaits("w.next_at IS NOT NULL AND w.next_at > ?2")})
  AND (d.purpose = 'result' OR NOT EXISTS (${deadLetterFirst}))
ORDER BY d.seq LIMIT ?3`;

export const claimRows = `
UPDATE delivery SET state = 'sending' WHERE seq IN (${claimable})
RETURNING seq, id, lane, control_id, attempts, may_be_duplicate, interrupted,
  (SELECT bytes FROM message WHERE message.seq = delivery.seq) AS bytes`;

/** One that could go at once. */
export const anyDue = `
SELECT d.seq FROM delivery AS d INDEXED BY delivery_queued
WHERE d.sink = ?1 AND d.state = 'queued' AND d.next_at IS NULL
  AND NOT EXISTS (${laneWaits("w.next_at IS NOT NULL")})
  AND (d.purpose = 'result' OR NOT EXISTS (${deadLetterFirst}))
LIMIT 1`;
/** When the first of those that wait for their next try may go. */
export const earliest = `
SELECT min(next_at) AS at FROM delivery AS d INDEXED BY delivery_waiting
WHERE d.sink = ?1 AND d.state = 'queued' AND d.next_at IS NOT NULL
  AND NOT EXISTS (${laneWaits("w.next_at IS NOT NULL")})
  AND (d.purpose = 'result' OR NOT EXISTS (${deadLetterFirst}))`;
const due = `SELECT iif(EXISTS (${anyDue}), 0, (${earliest})) AS at`;

/* An outcome with no code and still queued is given back: it was not handed over, and keeps all that it had. */
export const settleRows = `
UPDATE delivery INDEXED BY sqlite_autoindex_delivery_1 SET
  state = o.value->>1,
  attempts = attempts + (o.value->>6),
  next_at = o.value->>5,
  settled_at = iif(o.value->>1 = 'queued', NULL, o.value->>2),
  code = iif(o.value->>6, o.value->>3, code),
  answer = iif(o.value->>6, o.value->>4, answer),
  may_be_duplicate = max(may_be_duplicate, o.value->>7),
  interrupted = iif(o.value->>6, 0, interrupted)
FROM json_each(?) AS o
WHERE delivery.id = o.value->>0 AND delivery.state = 'sending'`;
interface ClaimedRow {
  readonly seq: number;
  readonly id: string;
  readonly lane: string;
  readonly control_id: string;
  readonly attempts: number;
  readonly may_be_duplicate: number;
  readonly interrupted: number;
  readonly bytes: Uint8Array;
}

/** Hands deliveries to their sink's worker. */
export function claim(database: Database): Change<Claim, readonly Claimed[]> {
  return {
    essential: true,
    isOneStatement: (claims) => claims.length === 1,
    weigh: ({ limit }) => limit,
    async make(claims) {
      const answers: (readonly Claimed[])[] = [];
      for (const { sink, limit, nowMs } of claims) {
        const rows = await database.all<ClaimedRow>(claimRows, sink, nowMs, limit);
        // RETURNING promises no order.
        answers.push([...rows].sort((a, b) => a.seq - b.seq).map(claimed));
      }
      return answers;
    },
  };
}

function claimed(row: ClaimedRow): Claimed {
  return {
    id: row.id,
    lane: row.lane,
    controlId: row.control_id,
    bytes: row.bytes,
    attempts: row.attempts,
    mayBeDuplicate: row.may_be_duplicate === 1,
    interrupted: row.interrupted === 1,
  };
}

/** Writes down what became of claimed deliveries. */
export function settle(database: Database): Change<readonly Outcome[], void> {
  return {
    essential: true,
    isOneStatement: () => true,
    weigh: (outcomes) => outcomes.length,
    async make(calls) {
      const outcomes = calls.flat();
      if (outcomes.length > 0) await settleAll(database, outcomes);
      return calls.map(() => undefined);
    },
  };
}

async function settleAll(database: Database, outcomes: readonly Outcome[]): Promise<void> {
  const rows = outcomes.map(({ id, state, at, code, answer, nextAtMs, mayHaveReached }) => {
    const handedOver = state !== "queued" || code !== undefined;
    const nextAt = nextAtMs === undefined || state !== "queued" ? null : Math.ceil(nextAtMs);
    return [id, state, at, code ?? null, answer ?? null, nextAt, handedOver ? 1 : 0, mayHaveReached === true ? 1 : 0];
  });
  await database.run(settleRows, JSON.stringify(rows));
}

/** When the next queued delivery of a sink falls due; 0 for now. */
export async function nextDue(database: Database, sink: string): Promise<number | undefined> {
  const [row] = await database.all<{ at: number | null }>(due, sink);
  return row?.at ?? undefined;
}

/** What was under way when the gateway ended. */
export interface Interrupted {
  readonly requeued: number;
  /** How many wait for a person. */
  readonly unsure: number;
}

/**
 * At start: what was `sending` may have reached the far end, and goes back to its place in the line, marked. Times of
 * next tries counted on a clock that may be gone, so whatever is queued is due.
 */
export async function requeueInterrupted(database: Database): Promise<Interrupted> {
  const requeued = await database.run(
    `UPDATE delivery SET state = 'queued', attempts = attempts + 1, next_at = NULL, may_be_duplicate = 1, interrupted = 1
     WHERE state = 'sending'`,
  );
  await database.run("UPDATE delivery SET next_at = NULL WHERE state = 'queued' AND next_at IS NOT NULL");
  const [row] = await database.all<{ n: number }>("SELECT count(*) AS n FROM delivery WHERE state = 'unsure'");
  return { requeued, unsure: row?.n ?? 0 };
}
