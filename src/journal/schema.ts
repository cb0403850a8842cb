import { open } from "node:fs/promises";
import { type Database, transaction } from "./database.ts";
import { JournalError } from "./journal.ts";

/** One step of the schema's history. Steps are appended and never edited: a journal in the field has run the old ones. */
export interface Migration {
  /** `PRAGMA user_version` after it. */
  readonly version: number;
  readonly sql: string;
}

/** Marks the file as a Vitalwire journal (`PRAGMA application_id`): the letters VTWR. */
export const applicationId = 0x56545752;

/**
 * `observation`, `amendment`, `event` and `message` are append-only, and triggers hold it so: what was read, what was
 * decided about it, and the bytes that were made of it never change. `delivery` is the queue's moving part, apart from
 * the bytes so that a change of state rewrites a small row. `held` lists what waits for a person now.
 */
const first = `
CREATE TABLE observation (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  source_key TEXT NOT NULL UNIQUE,
  in_group TEXT NOT NULL,
  place TEXT NOT NULL,
  received TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX observation_group ON observation (in_group);
CREATE INDEX observation_place ON observation (place, seq);

CREATE TABLE event (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  type TEXT NOT NULL,
  place TEXT,
  device TEXT,
  done_by TEXT,
  data TEXT
) STRICT;
CREATE INDEX event_type ON event (type, seq);

CREATE TABLE amendment (
  observation INTEGER NOT NULL REFERENCES observation ON DELETE CASCADE,
  event INTEGER NOT NULL REFERENCES event,
  state TEXT NOT NULL,
  standing TEXT NOT NULL,
  binding TEXT,
  times TEXT,
  PRIMARY KEY (observation, event)
) STRICT, WITHOUT ROWID;
CREATE INDEX amendment_event ON amendment (event);
CREATE INDEX amendment_discarded ON amendment (observation) WHERE state = 'discarded';

CREATE TABLE held (
  observation INTEGER PRIMARY KEY REFERENCES observation,
  reasons TEXT NOT NULL
) STRICT;

CREATE TABLE message (
  seq INTEGER PRIMARY KEY,
  bytes BLOB NOT NULL
) STRICT;

CREATE TABLE delivery (
  seq INTEGER PRIMARY KEY AUTOINCREMENT REFERENCES message,
  id TEXT NOT NULL UNIQUE,
  sink TEXT NOT NULL,
  lane TEXT NOT NULL,
  control_id TEXT NOT NULL,
  purpose TEXT NOT NULL CHECK (purpose IN ('result', 'withdrawal', 'correction')),
  state TEXT NOT NULL DEFAULT 'queued'
    CHECK (state IN ('queued', 'sending', 'delivered', 'rejected', 'unsure', 'abandoned')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at INTEGER,
  may_be_duplicate INTEGER NOT NULL DEFAULT 0,
  interrupted INTEGER NOT NULL DEFAULT 0,
  settled_at TEXT,
  code TEXT,
  answer TEXT,
  UNIQUE (sink, control_id)
) STRICT;
CREATE INDEX delivery_queued ON delivery (sink, seq) WHERE state = 'queued';
CREATE INDEX delivery_waiting ON delivery (sink, lane, seq) WHERE state = 'queued' AND next_at IS NOT NULL;
CREATE INDEX delivery_unsettled ON delivery (state, sink, seq)
  WHERE state IN ('sending', 'rejected', 'unsure', 'abandoned');

CREATE TABLE carries (
  delivery INTEGER NOT NULL REFERENCES delivery,
  position INTEGER NOT NULL,
  observation INTEGER NOT NULL REFERENCES observation,
  PRIMARY KEY (delivery, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX carries_observation ON carries (observation, delivery);

CREATE TABLE retired_source (key TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

CREATE TABLE tally (
  what TEXT NOT NULL CHECK (what IN ('observation', 'delivered')),
  sink TEXT NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (what, sink)
) STRICT, WITHOUT ROWID;

CREATE TABLE horizon (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  observation INTEGER NOT NULL,
  event INTEGER NOT NULL
) STRICT;
INSERT INTO horizon VALUES (1, 0, 0);

CREATE TRIGGER observation_never_changes BEFORE UPDATE ON observation
  BEGIN SELECT RAISE(ABORT, 'observations are append-only'); END;
CREATE TRIGGER event_never_changes BEFORE UPDATE ON event
  BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER amendment_never_changes BEFORE UPDATE ON amendment
  BEGIN SELECT RAISE(ABORT, 'amendments are append-only'); END;
CREATE TRIGGER message_never_changes BEFORE UPDATE ON message
  BEGIN SELECT RAISE(ABORT, 'messages are written once'); END;
CREATE TRIGGER delivery_keeps_its_identity
  BEFORE UPDATE OF seq, id, sink, lane, control_id, purpose ON delivery
  BEGIN SELECT RAISE(ABORT, 'a delivery keeps its identity'); END;

CREATE TRIGGER observation_stays BEFORE DELETE ON observation
  WHEN OLD.seq > (SELECT observation FROM horizon) OR EXISTS (SELECT 1 FROM held WHERE observation = OLD.seq)
  BEGIN SELECT RAISE(ABORT, 'observations are removed by retention alone'); END;
CREATE TRIGGER event_stays BEFORE DELETE ON event WHEN OLD.seq > (SELECT event FROM horizon)
  BEGIN SELECT RAISE(ABORT, 'events are removed by retention alone'); END;
CREATE TRIGGER carries_stay BEFORE DELETE ON carries
  WHEN (SELECT state FROM delivery WHERE seq = OLD.delivery) NOT IN ('delivered', 'abandoned')
  BEGIN SELECT RAISE(ABORT, 'what a delivery carries stays until it is settled'); END;
CREATE TRIGGER delivery_stays BEFORE DELETE ON delivery WHEN OLD.state NOT IN ('delivered', 'abandoned')
  BEGIN SELECT RAISE(ABORT, 'a delivery that is not settled stays'); END;
`;

export const migrations: readonly Migration[] = [{ version: 1, sql: first }];

/**
 * Brings the file to the newest version. A file of an older version is first copied beside itself, whole and synced; a
 * file of a newer one is refused with JOURNAL_NEWER and not touched. Answers the path of the copy where one was made.
 */
export async function migrate(
  database: Database,
  steps: readonly Migration[],
  stamp: string,
): Promise<string | undefined> {
  const [row] = await database.all<{ user_version: number }>("PRAGMA user_version");
  const found = row?.user_version ?? 0;
  const newest = steps.at(-1)?.version ?? 0;
  if (found > newest) {
    throw new JournalError("JOURNAL_NEWER", `its schema is version ${found}; this program knows up to ${newest}`);
  }
  const due = steps.filter((step) => step.version > found);
  if (due.length === 0) return undefined;
  const copy = found === 0 ? undefined : `${database.path}.before-v${newest}-${stamp}`;
  if (copy !== undefined) await backUp(database, copy);
  for (const step of due) {
    await transaction(database, () =>
      database.script(`${step.sql}\nPRAGMA application_id = ${applicationId};\nPRAGMA user_version = ${step.version};`),
    );
  }
  return copy;
}

async function backUp(database: Database, copy: string): Promise<void> {
  await database.run("VACUUM INTO ?", copy);
  const file = await open(copy, "r+");
  try {
    await file.chmod(0o600);
    await file.sync();
  } finally {
    await file.close();
  }
}
