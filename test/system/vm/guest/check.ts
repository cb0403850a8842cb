import { setTimeout as sleep } from "node:timers/promises";
import type { CheckName, Report } from "../checks.ts";

/** How long a check waits for what it expects; a loaded machine emulates slowly. */
const patienceMs = 60_000;

/** The checks that failed. */
export const failed: CheckName[] = [];

/** A line for people, who read it where the guest came to grief. */
export const say = (text: string): void =>
  void process.stdout.write(`# ${process.uptime().toFixed(1)} s: ${text.trim().replaceAll("\n", "\n# ")}\n`);

/** Does one check and reports it. What it throws is its failure; the others go on. */
export async function check(name: CheckName, find: () => Promise<string> | string): Promise<void> {
  const start = performance.now();
  const report = (ok: boolean, detail: string): void => {
    const line: Report = { check: name, ok, detail, ms: Math.round(performance.now() - start) };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  };
  try {
    report(true, await find());
  } catch (error) {
    failed.push(name);
    report(false, error instanceof Error ? error.message : String(error));
  }
}

/** Waits until `look` finds something and answers it. What it saw last is in the error of a wait in vain. */
export async function until<Found>(
  what: string,
  look: () => Promise<Found | undefined | false> | Found | undefined | false,
  patience = patienceMs,
): Promise<Found> {
  const start = performance.now();
  let trouble = "";
  for (;;) {
    try {
      const found = await look();
      if (found !== undefined && found !== false) return found;
      trouble = "";
    } catch (error) {
      trouble = ` (${error instanceof Error ? error.message : String(error)})`;
    }
    if (performance.now() - start > patience) throw new Error(`waited in vain: ${what}${trouble}`);
    await sleep(300);
  }
}

/** Throws where what was found is not what is right. */
export function same(what: string, found: unknown, right: unknown): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(right)];
  if (a !== b) throw new Error(`${what}: ${a}, and not ${b}`);
}
