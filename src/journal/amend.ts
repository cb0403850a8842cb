import type { Change } from "./change.ts";
import type { Database } from "./database.ts";
import { type Amendment, JournalError } from "./journal.ts";
import { insertDeliveries, type Outgoing } from "./message.ts";

/** How observations stand now: their newest amendment, or what they were stored with. */
export const current = `
SELECT o.seq, o.id, coalesce(a.event, 0) AS version, coalesce(a.state, o.body->>'$.standing.state') AS state,
  coalesce(a.standing, o.body->>'$.standing') AS standing, a.binding, a.times
FROM observation AS o LEFT JOIN amendment AS a ON a.observation = o.seq
  AND a.event = (SELECT max(event) FROM amendment WHERE observation = o.seq)
WHERE o.id IN (SELECT value FROM json_each(?))`;

const insertEvent = `
INSERT INTO event (at, type, place, device, done_by, data) VALUES (?, ?, ?, ?, ?, ?) RETURNING seq`;
const insertAmendments = `
INSERT INTO amendment (observation, event, state, standing, binding, times)
SELECT value->>0, ?2, value->>1, value->>2, value->>3, value->>4 FROM json_each(?1)`;
const unhold = "DELETE FROM held WHERE observation IN (SELECT value FROM json_each(?))";
const hold = "INSERT INTO held (observation, reasons) SELECT value, ?2 FROM json_each(?1)";

/** Deliveries that carry these observations, whether a sink ever had them or may have, and whether they carry others. */
const carriers = `
SELECT DISTINCT d.seq, d.state,
  d.attempts > 0 OR d.may_be_duplicate = 1 OR d.state NOT IN ('queued', 'abandoned') AS gone,
  EXISTS (SELECT 1 FROM carries WHERE delivery = d.seq
    AND observation NOT IN (SELECT value FROM json_each(?1))) AS shared
FROM carries AS c JOIN delivery AS d ON d.seq = c.delivery
WHERE c.observation IN (SELECT value FROM json_each(?1))`;
const recallRows = `
UPDATE delivery SET state = 'abandoned', settled_at = ?2 WHERE seq IN (SELECT value FROM json_each(?1))`;

interface Standing {
  readonly seq: number;
  readonly version: number;
  readonly id: string;
  readonly state: string;
  readonly standing: string;
  readonly binding: string | null;
  readonly times: string | null;
}

/** Changes how observations stand: a new row for each, an event, and what is to be sent of it. */
export function amend(database: Database, outgoing: Outgoing): Change<Amendment, void> {
  return {
    essential: false,
    isOneStatement: () => false,
    weigh: ({ observations, deliveries }) => observations.length + deliveries.length,
    async make(amendments, onceStored) {
      for (const amendment of amendments) await amendOne(database, outgoing, amendment, onceStored);
      return amendments.map(() => undefined);
    },
  };
}

async function amendOne(
  database: Database,
  outgoing: Outgoing,
  amendment: Amendment,
  onceStored: (act: () => void) => void,
): Promise<void> {
  const { observations, standing, binding, along = [], times, event, deliveries } = amendment;
  const found = await database.all<Standing>(current, JSON.stringify(observations));
  check(amendment, found);
  const others = await database.all<Standing>(current, JSON.stringify(along.map(({ observation }) => observation)));
  for (const { observation, version } of along) checkVersion(observation, version, standingOf(observation, others));
  const seqs = JSON.stringify(found.map(({ seq }) => seq));
  if (amendment.recall === true) await recall(database, seqs, event.at);

  const { at, type, place, device, by, data } = event;
  const written = await database.all<{ seq: number }>(
    insertEvent,
    at,
    type,
    place ?? null,
    device ?? null,
    by ?? null,
    data === undefined ? null : JSON.stringify(data),
  );
  const bound = (row: Standing) => (binding === undefined ? row.binding : JSON.stringify(binding));
  const timed = (row: Standing) => (times === undefined ? row.times : JSON.stringify(times));
  const rows = [
    ...found.map((row) => [row.seq, standing.state, JSON.stringify(standing), bound(row), timed(row)]),
    ...others.map((row) => [row.seq, row.state, row.standing, bound(row), row.times]),
  ];
  await database.run(insertAmendments, JSON.stringify(rows), written[0]?.seq ?? null);
  await database.run(unhold, seqs);
  if (standing.state === "held") await database.run(hold, seqs, JSON.stringify(standing.reasons));
  const seqOf = new Map(found.map(({ id, seq }) => [id, seq]));
  await insertDeliveries(database, outgoing, deliveries, seqOf, onceStored);
}

function check({ observations, versions, from }: Amendment, found: readonly Standing[]): void {
  for (const [i, id] of observations.entries()) {
    const standing = standingOf(id, found);
    const { state } = standing;
    if (versions !== undefined) checkVersion(id, versions[i], standing);
    if (state !== from) {
      throw new JournalError("NOT_ALLOWED", `reading ${id} is ${state}; this can be done with one that is ${from}`);
    }
  }
}

function standingOf(id: string, found: readonly Standing[]): Standing {
  const standing = found.find((one) => one.id === id);
  if (standing === undefined) throw new JournalError("NOT_FOUND", `no reading has the id ${id}`);
  return standing;
}

function checkVersion(id: string, expected: number | undefined, { version }: Standing): void {
  if (expected === version) return;
  throw new JournalError("NOT_ALLOWED", `reading ${id} was changed by somebody else meanwhile`);
}

async function recall(database: Database, seqs: string, at: string): Promise<void> {
  const rows = await database.all<{ seq: number; state: string; gone: number; shared: number }>(carriers, seqs);
  if (rows.some(({ gone }) => gone === 1)) {
    throw new JournalError(
      "NOT_ALLOWED",
      "a message with this reading was handed to its destination, or may have been: it cannot be held any more; " +
        "move takes it back from a wrong patient and files it under the right one",
    );
  }
  const queued = rows.filter(({ state }) => state === "queued");
  if (queued.some(({ shared }) => shared === 1)) {
    throw new JournalError(
      "NOT_ALLOWED",
      "a message that carries this reading with others is on its way already: it cannot be held any more; " +
        "move takes it back from a wrong patient and files it under the right one",
    );
  }
  if (queued.length > 0) await database.run(recallRows, JSON.stringify(queued.map(({ seq }) => seq)), at);
}
