import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "../../../src/cli/control-client.ts";
import type { Output } from "../../../src/cli/output.ts";
import { deliveryWords, timeWords, valueWords, whoseWords } from "../../../src/cli/words.ts";
import type { StoredObservation } from "../../../src/journal/journal.ts";
import type { Clinic } from "./clinic.ts";

const rows = 16;
/** `23 NOV 2026 14:05:09 +01:00`. */
const timeWidth = 27;

/** The demo's live table: the newest readings, and what became of each. On a pipe: one line for each that settled. */
export function liveTable(output: Output, socket: string, clinic: Clinic, stop: AbortSignal) {
  let step = "starting";
  let last = "";
  const printed = new Set<string>();
  const done = run();
  return {
    step: (text: string): void => {
      step = text;
    },
    close: () => done,
  };

  async function run(): Promise<void> {
    while (!stop.aborted) {
      const readings: StoredObservation[] = [];
      for await (const row of ask(socket, { do: "readings", limit: 200 }, stop))
        readings.push(row as StoredObservation);
      if (process.stdout.isTTY) draw(readings.slice(-rows));
      else print(readings);
      await sleep(400, undefined, { signal: stop }).catch(() => {});
    }
  }

  function print(readings: readonly StoredObservation[]): void {
    for (const reading of readings) {
      const settled = reading.deliveries.every((d) => d.state === "delivered");
      const { id } = reading.observation;
      if (!settled || printed.has(id)) continue;
      printed.add(id);
      output.say(line(reading));
    }
  }

  function draw(readings: readonly StoredObservation[]): void {
    const text = [
      output.paint("bold", "Vitalwire demo") + output.paint("dim", `   now: ${step}   Ctrl-C ends it`),
      "",
      output.paint(
        "dim",
        `${"MEASURED".padEnd(timeWidth)}  ${"WHAT".padEnd(26)}  ${"VALUE".padStart(14)}  ${"WHOSE".padEnd(18)}  STORED, AND THEN`,
      ),
      ...readings.map(line),
      "",
      `The clinic's receivers hold ${clinic.held.length} observations.`,
      "",
    ].join("\n");
    if (text === last) return;
    last = text;
    process.stdout.write(`\u001b[H\u001b[J${text}`);
  }

  function line({ observation, deliveries }: StoredObservation): string {
    return [
      timeWords(observation.times.measured).padEnd(timeWidth),
      observation.code.display.slice(0, 26).padEnd(26),
      valueWords(observation.value).padStart(14),
      whoseWords(observation).padEnd(18),
      observation.standing.state === "held" ? "held" : deliveryWords(deliveries),
    ].join("  ");
  }
}
