/**
 * One pinned code. `verified` means that a second source, independent of the first, gives the same code for the same
 * thing; an entry without it rests on one source alone, and says so wherever the tables are shown.
 */
export interface TableEntry {
  readonly display: string;
  readonly source: string;
  readonly verified: boolean;
}

/** The entry of a table under a key that came from outside; never one of the object's inherited names. */
export function entryOf<E extends TableEntry>(table: Readonly<Record<string, E>>, key: string): E | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
