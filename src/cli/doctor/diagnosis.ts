/** One line of the doctor: what was looked at, how it stands, and what to do where it is not well. */
export interface Diagnosis {
  readonly check: string;
  /** `warn`: works, and should be known. `bad`: readings may be lost, held, not read or not sent. */
  readonly state: "ok" | "warn" | "bad";
  readonly found: string;
  readonly todo?: string;
}

export const ok = (check: string, found: string): Diagnosis => ({ check, state: "ok", found });
export const warn = (check: string, found: string, todo: string): Diagnosis => ({ check, state: "warn", found, todo });
export const bad = (check: string, found: string, todo: string): Diagnosis => ({ check, state: "bad", found, todo });

/** Whether a failed call says that there is no such file or program. */
export const isMissing = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");

/** The system's own name of an error, or its message. */
export function reason(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return error instanceof Error ? error.message : String(error);
}
