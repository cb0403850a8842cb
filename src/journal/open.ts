import { access, mkdir, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { Clock } from "../model/times.ts";
import { openBallast } from "./ballast.ts";
import { type Database, openDatabase, transaction, troubleOf } from "./database.ts";
import { type Interrupted, requeueInterrupted } from "./delivery.ts";
import { holderWords } from "./holder.ts";
import { type Journal, JournalError } from "./journal.ts";
import { readSequences, type Sequences } from "./message.ts";
import { hostSteady, type Steady } from "./pace.ts";
import { finishRescue, type Recovered, rescue } from "./rescue.ts";
import { migrate, migrations } from "./schema.ts";
import { addShorthand } from "./shorthand.ts";
import { sqliteJournal } from "./sqlite-journal.ts";
import { asJournalError } from "./trouble.ts";

export interface JournalOptions {
  /** The SQLite file. Its companions stand beside it, with its name and a suffix. */
  readonly path: string;
  /** Disk space kept for the worst hour. */
  readonly ballastBytes: number;
  /** What retention keeps the file to, as far as delivered rows allow. Without it, only age counts. */
  readonly maxBytes?: number;
  /** How long to wait for another gateway that is just ending. */
  readonly lockWaitMs?: number;
  /** Stamps what is set aside. */
  readonly clock?: Pick<Clock, "now">;
  /** What paces commits; the host's own steady clock unless given. */
  readonly steady?: Steady;
}

/** What was found at the start. */
export interface OpenedJournal extends Interrupted {
  /** The journal was damaged, and this was taken over. */
  readonly recovered?: Recovered;
  /** Where the copy is that was made before the schema was brought up to date. */
  readonly backup?: string;
}

/**
 * Opens the journal, alone: as long as it is open, no other process can. Rejects with JOURNAL_LOCKED (which names the
 * other process), JOURNAL_NEWER, JOURNAL_FULL or JOURNAL_FAILED. A damaged file is set aside and what is readable is
 * taken over.
 */
export async function openJournal(options: JournalOptions): Promise<{ journal: Journal; opened: OpenedJournal }> {
  const { path, ballastBytes, maxBytes = Number.POSITIVE_INFINITY, lockWaitMs = 2000, steady = hostSteady } = options;
  const at = options.clock?.now().wall ?? new Date().toISOString();
  const stamp = at.replace(/[-:]|\.\d+/g, "");
  const ballastPath = `${path}.ballast`;
  const suspectPath = `${path}.suspect`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await finishRescue(path, stamp);
    let recovered: Recovered | undefined;
    const attempt = (): Promise<Started> => start(path, { suspectPath, stamp, lockWaitMs });
    const started = await attempt().catch(async (error: unknown) => {
      switch (troubleOf(error)) {
        case "damaged":
          recovered = await rescue(path, stamp, at);
          await rm(suspectPath, { force: true });
          return attempt();
        case "full":
          await rm(ballastPath, { force: true });
          return attempt();
        default:
          throw error;
      }
    });
    const { database, sequences, interrupted, backup } = started;
    const ballast = await openBallast(ballastPath, ballastBytes);
    const watch = { damaged: () => void mark(suspectPath) };
    const journal = sqliteJournal({ database, ballast, sequences, maxBytes, watch, steady });
    const extra = { ...(recovered && { recovered }), ...(backup !== undefined && { backup }) };
    return { journal, opened: { ...interrupted, ...extra } };
  } catch (error) {
    const failed = asJournalError(error, false);
    throw failed.code === "JOURNAL_LOCKED" ? new JournalError(failed.code, await holderWords(path), error) : failed;
  }
}

interface Started {
  readonly database: Database;
  readonly sequences: Sequences;
  readonly interrupted: Interrupted;
  readonly backup: string | undefined;
}

interface StartOptions {
  readonly suspectPath: string;
  readonly stamp: string;
  readonly lockWaitMs: number;
}

async function start(path: string, { suspectPath, stamp, lockWaitMs }: StartOptions): Promise<Started> {
  // Made here so that nobody else may read it; SQLite gives its WAL the same permissions.
  await (await open(path, "a", 0o600)).close();
  const database = await openDatabase(path, lockWaitMs);
  try {
    await takeAlone(database);
    await checkIfSuspect(database, suspectPath);
    const backup = await migrate(database, migrations, stamp);
    await settings(database);
    await addShorthand(database);
    const interrupted = await transaction(database, () => requeueInterrupted(database));
    return { database, sequences: await readSequences(database), interrupted, backup };
  } catch (error) {
    await database.close().catch(() => undefined);
    throw error;
  }
}

/** The lock is taken with the first transaction and kept until the file is closed; kill -9 lets go of it too. */
async function takeAlone(database: Database): Promise<void> {
  await database.script(`
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA auto_vacuum = INCREMENTAL;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA recursive_triggers = ON;
    PRAGMA wal_autocheckpoint = 4000;
    PRAGMA journal_size_limit = 33554432;
    PRAGMA cache_size = -2000;
  `);
  await transaction(database, async () => undefined);
}

/** Each setting is read back: what a build or a file refuses silently would cost readings at a power cut. */
const required: Readonly<Record<string, string | number>> = {
  journal_mode: "wal",
  synchronous: 2,
  foreign_keys: 1,
  recursive_triggers: 1,
  locking_mode: "exclusive",
};

async function settings(database: Database): Promise<void> {
  for (const [name, value] of Object.entries(required)) {
    const [row] = await database.all<Record<string, string | number>>(`PRAGMA ${name}`);
    if (row?.[name] !== value) {
      throw new JournalError("JOURNAL_FAILED", `SQLite did not take the setting ${name} = ${value}`);
    }
  }
}

/** SQLite met damage in the last run: the whole file is looked through before it is trusted again. */
async function checkIfSuspect(database: Database, suspectPath: string): Promise<void> {
  const suspect = await access(suspectPath).then(
    () => true,
    () => false,
  );
  if (!suspect) return;
  const [row] = await database.all<{ integrity_check: string }>("PRAGMA integrity_check(1)");
  if (row?.integrity_check !== "ok") throw new DamagedError(row?.integrity_check ?? "no answer");
  await rm(suspectPath, { force: true });
}

/** Damage that a check found, in the form in which SQLite reports its own. */
class DamagedError extends Error {
  override readonly name = "DamagedError";
  /** SQLITE_CORRUPT. */
  readonly errno = 11;
}

/** A file that the next start finds; where not even that can be written, the damage is met again. */
async function mark(suspectPath: string): Promise<void> {
  try {
    const file = await open(suspectPath, "w", 0o600);
    await file.sync().finally(() => file.close());
  } catch {}
}
