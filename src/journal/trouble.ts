import { dirname } from "node:path";
import { freeBytes } from "./ballast.ts";
import { troubleOf } from "./database.ts";
import { JournalError } from "./journal.ts";

/** Below this, a failure to write is taken to be the lack of space. */
const noRoomBytes = 64 * 1024;

/** Whether an operation failed for lack of space. A delayed allocation shows only as a failed sync, with another code. */
export async function isDiskFull(error: unknown, path: string): Promise<boolean> {
  if (error instanceof JournalError) return error.code === "JOURNAL_FULL";
  switch (troubleOf(error)) {
    case "full":
      return true;
    case "damaged":
    case "locked":
    case "other":
      return false;
    case "io":
      return (await freeBytes(dirname(path)).catch(() => Number.POSITIVE_INFINITY)) < noRoomBytes;
  }
}

/** The failure as the journal's callers see it. SQLite's messages name columns and files, never values. */
export function asJournalError(error: unknown, full: boolean): JournalError {
  if (error instanceof JournalError) return error;
  const message = error instanceof Error ? error.message : String(error);
  switch (troubleOf(error)) {
    case "full":
      return new JournalError("JOURNAL_FULL", message, error);
    case "damaged":
      return new JournalError("JOURNAL_CORRUPT", message, error);
    case "locked":
      return new JournalError("JOURNAL_LOCKED", message, error);
    case "io":
    case "other":
      return new JournalError(full ? "JOURNAL_FULL" : "JOURNAL_FAILED", message, error);
  }
}
