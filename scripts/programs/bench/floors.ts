import { execFileSync } from "node:child_process";
import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import sqlite3 from "sqlite3";
import { startClinic } from "./clinic.ts";
import { freePort } from "./room.ts";

/** What this machine can do at this hour without the gateway; each figure stands beside one of these. */
export interface Floors {
  /** Appends of 512 bytes a second, each followed by fdatasync. */
  readonly syncs: number;
  /** MLLP messages a second over one connection, one under way, to the same receiver in another process. */
  readonly roundTrips: number;
  /** Rows of 1 kB a second into SQLite, 200 a commit, with synchronous=FULL. */
  readonly rows: number;
  /** A Node process that does nothing, from its spawn to its end, in milliseconds. */
  readonly nodeMs: number;
  /** What that process takes of the memory, in megabytes. */
  readonly nodeMegabytes: number;
}

export async function measureFloors(): Promise<Floors> {
  const folder = await mkdtemp(join(tmpdir(), "vitalwire-floor-"));
  try {
    const syncs = syncsASecond(join(folder, "log"));
    const rows = await rowsASecond(join(folder, "floor.sqlite"));
    return { syncs, rows, roundTrips: await roundTripsASecond(), ...emptyNode() };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function syncsASecond(path: string): number {
  const file = openSync(path, "a");
  const block = Buffer.alloc(512, "x");
  const count = 300;
  const began = performance.now();
  for (let i = 0; i < count; i++) {
    writeSync(file, block);
    fdatasyncSync(file);
  }
  const rate = perSecond(count, began);
  closeSync(file);
  return rate;
}

async function roundTripsASecond(): Promise<number> {
  const clinic = startClinic();
  try {
    const port = await freePort();
    await clinic.listen(port);
    const socket = createConnection(port, "127.0.0.1").setNoDelay(true);
    const fields = "|".repeat(7);
    const block = Buffer.from(`\x0bMSH|^~\\&${fields}ORU|ID|P|2.5.1\rOBX|1|NM|29463-7||1|kg\r${"x".repeat(500)}\x1c\r`);
    const count = 5000;
    let answered: () => void = () => undefined;
    socket.on("data", () => answered());
    const trip = (): Promise<void> =>
      new Promise((resolve) => {
        answered = resolve;
        socket.write(block);
      });
    await trip();
    const began = performance.now();
    for (let i = 0; i < count; i++) await trip();
    const rate = perSecond(count, began);
    socket.destroy();
    return rate;
  } finally {
    await clinic.close();
  }
}

async function rowsASecond(path: string): Promise<number> {
  const database = await new Promise<sqlite3.Database>((resolve, reject) => {
    const made = new sqlite3.Database(path, (error) => (error === null ? resolve(made) : reject(error)));
  });
  const done = (error: Error | null, resolve: () => void, reject: (error: Error) => void): void =>
    error === null ? resolve() : reject(error);
  const script = (sql: string): Promise<void> =>
    new Promise((resolve, reject) => database.exec(sql, (error) => done(error, resolve, reject)));
  await script(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    CREATE TABLE floor (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL) STRICT;`);
  const statement = database.prepare("INSERT INTO floor (id, body) SELECT value->>0, value->>1 FROM json_each(?)");
  const [batches, size] = [50, 200];
  const body = "x".repeat(1000);
  const began = performance.now();
  for (let batch = 0; batch < batches; batch++) {
    const rows = Array.from({ length: size }, (_, i) => [`${batch}-${i}`, body]);
    await new Promise<void>((resolve, reject) =>
      statement.run(JSON.stringify(rows), (error: Error | null) => done(error, resolve, reject)),
    );
  }
  const rate = perSecond(batches * size, began);
  await new Promise<void>((resolve) => statement.finalize(() => resolve()));
  await new Promise<void>((resolve) => database.close(() => resolve()));
  return rate;
}

function emptyNode(): { readonly nodeMs: number; readonly nodeMegabytes: number } {
  const began = performance.now();
  const resident = execFileSync(process.execPath, ["-e", "console.log(process.memoryUsage.rss())"], {
    encoding: "utf8",
  });
  return { nodeMs: performance.now() - began, nodeMegabytes: Number(resident) / 1e6 };
}

function perSecond(count: number, began: number): number {
  return (count * 1000) / (performance.now() - began);
}
