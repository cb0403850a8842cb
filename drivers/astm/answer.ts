import { type LisRecord, raw } from "./records.ts";

/**
 * The answer to a query that has none: a header and an L record with code `I`, no information available. It is written
 * with the delimiters of the query's own header; the analyzer's names for itself (H.5) and for us (H.10) change places,
 * character for character.
 *
 * @param header the query's
 * @returns one text a frame
 */
export function noInformation(header: LisRecord): readonly string[] {
  const { field, repeat, component, escaping } = header.delimiters;
  const fields = ["H", `${repeat}${component}${escaping}`, "", "", raw(header, 10), "", "", "", "", raw(header, 5), ""];
  const last = [raw(header, 12) || "P", raw(header, 13)].filter((part) => part !== "");
  return [`${[...fields, ...last].join(field)}\r`, `${["L", "1", "I"].join(field)}\r`];
}

/** Whether a query is in truth the withdrawal of an earlier one. Q.13 A: abort. */
export function isWithdrawal(query: LisRecord): boolean {
  return raw(query, 13).trim() === "A";
}
