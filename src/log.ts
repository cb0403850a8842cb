/**
 * What the service says while it runs: one JSON line an event, to standard output, for the journal of the system.
 * Changes of state, not attempts; ids of observations, never a value, a name or an identifier of a patient.
 */
export type Log = (event: string, fields?: Readonly<Record<string, unknown>>) => void;

export function jsonLog(write: (line: string) => void): Log {
  return (event, fields) => write(`${JSON.stringify({ at: new Date().toISOString(), event, ...fields })}\n`);
}
