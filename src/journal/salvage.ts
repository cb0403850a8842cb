import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, copyFile, open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { openDatabase } from "./database.ts";

/** What SQLite gives a new file, unless it is told otherwise. */
const pageSize = 4096;

/** `sqlite3 damaged .recover | sqlite3 salvage`; answers whether that made a database with a schema in it. */
export async function salvageByCommand(damaged: string, into: string): Promise<boolean> {
  const reader = spawn("sqlite3", [damaged, ".recover"], { stdio: ["ignore", "pipe", "ignore"] });
  const writer = spawn("sqlite3", [into], { stdio: ["pipe", "ignore", "ignore"] });
  const ended = Promise.all([reader, writer].map((child) => once(child, "close").catch(() => undefined)));
  await pipeline(reader.stdout, writer.stdin).catch(() => undefined);
  await ended;
  return reader.pid !== undefined && writer.pid !== undefined && (await exists(into)) && (await hasSchema(into));
}

/** Whether it opens, and is a journal. */
export async function hasSchema(path: string): Promise<boolean> {
  const database = await openDatabase(path, 0);
  try {
    return (await database.all("SELECT 1 FROM sqlite_schema WHERE name = 'observation'")).length > 0;
  } catch {
    return false;
  } finally {
    await database.close();
  }
}

/**
 * A copy of a file whose first page is lost, with that of a new journal in its place: it says which table begins on
 * which page, and that is the same in every journal, for tables are made in one order and never dropped. Offsets are
 * those of the SQLite file format, section 1.3.
 */
export async function graft(damaged: string, fresh: string, copy: string): Promise<string> {
  await copyFile(damaged, copy);
  if (await exists(`${damaged}-wal`)) await copyFile(`${damaged}-wal`, `${copy}-wal`);
  const donor = await open(fresh, "r");
  const target = await open(copy, "r+");
  try {
    const page = Buffer.alloc(pageSize);
    await donor.read(page, 0, pageSize, 0);
    page.fill(2, 18, 20); // read through a WAL
    page.writeUInt32BE(Math.ceil((await target.stat()).size / pageSize), 28); // pages in the file
    page.fill(0, 32, 40); // no free pages known
    await target.write(page, 0, pageSize, 0);
    await target.chmod(0o600);
  } finally {
    await donor.close();
    await target.close();
  }
  return copy;
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
