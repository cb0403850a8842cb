import process from "node:process";

/** Ctrl-C, or whatever else asks the bench to end. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** Rejects once the bench is asked to end; what is open is closed by whoever waits for it. */
export const interrupted = new Promise<never>((_, reject) => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => reject(new Interrupted(signal)));
  }
});
// Nobody waits for it between two measurements; the next one meets it.
interrupted.catch(() => undefined);
