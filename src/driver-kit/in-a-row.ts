/** Counts how often the same was said in a row. */
export interface InARow {
  /** Whether what is said now has been said so many times in a row, this time included. */
  say(what: string): boolean;
  /** The row is broken: what is said next is said for the first time. */
  begin(): void;
}

/**
 * For lines without a checksum, on which something is believed only once `times` messages in a row have said it: they
 * are not all damaged alike.
 */
export function inARow(times: number): InARow {
  let last: string | undefined;
  let count = 0;
  return {
    say(what) {
      count = what === last ? count + 1 : 1;
      last = what;
      return count >= times;
    },
    begin() {
      last = undefined;
      count = 0;
    },
  };
}
