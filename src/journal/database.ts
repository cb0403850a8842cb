import sqlite3 from "sqlite3";

/** A value as SQLite keeps it. */
export type Cell = string | number | null | Uint8Array;

/**
 * One connection to one SQLite file, as promises. Statements are prepared once and kept. Callers take turns (the
 * commit queue sees to it): two transactions begun at once on one connection would mix.
 */
export interface Database {
  readonly path: string;
  /** All rows that a statement answers. */
  all<Row>(sql: string, ...cells: readonly Cell[]): Promise<readonly Row[]>;
  /** Runs a statement that answers nothing; how many rows it changed. */
  run(sql: string, ...cells: readonly Cell[]): Promise<number>;
  /** Runs several statements that take no values. */
  script(sql: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens the file, or makes it. `lockWaitMs`: how long to wait for another process to let go of it. */
export async function openDatabase(path: string, lockWaitMs: number): Promise<Database> {
  const connection = await new Promise<sqlite3.Database>((resolve, reject) => {
    const opened = new sqlite3.Database(path, (error) => (error === null ? resolve(opened) : reject(error)));
  });
  connection.configure("busyTimeout", lockWaitMs);
  const statements = new Map<string, Promise<sqlite3.Statement>>();

  function prepared(sql: string): Promise<sqlite3.Statement> {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const made = new Promise<sqlite3.Statement>((resolve, reject) => {
      const statement = connection.prepare(sql, (error: Error | null) =>
        error === null ? resolve(statement) : reject(error),
      );
    });
    statements.set(sql, made);
    made.catch(() => statements.delete(sql));
    return made;
  }

  return {
    path,
    async all<Row>(sql: string, ...cells: readonly Cell[]) {
      const statement = await prepared(sql);
      return new Promise<readonly Row[]>((resolve, reject) => {
        statement.all<Row>(cells, (error, rows) => (error === null ? resolve(rows) : reject(error)));
      });
    },
    async run(sql, ...cells) {
      const statement = await prepared(sql);
      return new Promise<number>((resolve, reject) => {
        statement.run(cells, function (error) {
          if (error === null) resolve(this.changes);
          else reject(error);
        });
      });
    },
    script: (sql) =>
      new Promise((resolve, reject) => {
        connection.exec(sql, (error) => (error === null ? resolve() : reject(error)));
      }),
    async close() {
      const kept = await Promise.allSettled(statements.values());
      statements.clear();
      for (const one of kept) {
        if (one.status === "fulfilled") await new Promise<void>((resolve) => one.value.finalize(() => resolve()));
      }
      await new Promise<void>((resolve, reject) => {
        connection.close((error) => (error === null ? resolve() : reject(error)));
      });
    },
  };
}

/** All of the work or nothing of it; when the promise resolves, it is on disk. */
export async function transaction<T>(database: Database, work: () => Promise<T>): Promise<T> {
  await database.run("BEGIN IMMEDIATE");
  try {
    const result = await work();
    await database.run("COMMIT");
    return result;
  } catch (error) {
    // A full disk may have rolled it back already; then there is nothing left to roll back.
    await database.run("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

/** What a failure of SQLite means to the journal. */
export type Trouble = "full" | "damaged" | "locked" | "io" | "other";

export function troubleOf(error: unknown): Trouble {
  // Extended codes keep the plain one in their low byte.
  const code = typeof error === "object" && error !== null && "errno" in error ? Number(error.errno) & 0xff : 0;
  if (code === sqlite3.FULL) return "full";
  if (code === sqlite3.CORRUPT || code === sqlite3.NOTADB) return "damaged";
  if (code === sqlite3.BUSY || code === sqlite3.LOCKED) return "locked";
  if (code === sqlite3.IOERR || code === sqlite3.CANTOPEN) return "io";
  return "other";
}
