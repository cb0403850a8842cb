import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Entry, Journal, NewDelivery } from "../../src/journal/journal.ts";
import { type JournalOptions, type OpenedJournal, openJournal } from "../../src/journal/open.ts";
import { hostSteady, type Steady } from "../../src/journal/pace.ts";
import { controlIdOf } from "../../src/model/ids.ts";
import type { Observation } from "../../src/model/observation.ts";
import { mint, sampleObservation } from "./sample.ts";

/** The host's time, but that what gathers waits no longer than a turn of the event loop. */
export const hurried: Steady = {
  ...hostSteady,
  after(_ms, ring) {
    const turn = setImmediate(ring);
    return () => clearImmediate(turn);
  },
};

/** A folder that goes when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "vw-journal-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface OpenForTest {
  readonly journal: Journal;
  readonly opened: OpenedJournal;
  readonly path: string;
}

/** A real journal in a folder of its own, or at the path given; closed when the test ends. */
export async function journalForTest(options: Partial<JournalOptions> = {}): Promise<OpenForTest> {
  const path = options.path ?? join(temporaryFolder(), "journal.db");
  const { journal, opened } = await openJournal({ path, ballastBytes: 4096, lockWaitMs: 100, ...options });
  onTestFinished(async () => {
    await journal.close().catch(() => undefined);
  });
  return { journal, opened, path };
}

/** A message with this observation; its bytes are text unless the test is about bytes. */
export function deliveryOf(observation: Observation, over: Partial<NewDelivery> = {}): NewDelivery {
  const id = over.id ?? mint();
  return {
    id,
    sink: "emr",
    observations: [observation.id],
    lane: "patient-1",
    controlId: controlIdOf(id),
    purpose: "result",
    bytes: Buffer.from(`MSH|^~\\&|${id}\r`),
    ...over,
  };
}

/** One reading, and one message of it for each lane or sink named. */
export function entryOf(observation: Observation, ...deliveries: readonly Partial<NewDelivery>[]): Entry {
  return {
    observations: [observation],
    events: [],
    deliveries: deliveries.map((over) => deliveryOf(observation, over)),
  };
}

/** Stores readings one after the other, each with one message in its lane; answers the messages. */
export async function queue(journal: Journal, ...lanes: readonly string[]): Promise<readonly NewDelivery[]> {
  const entries = lanes.map((lane) => entryOf(sampleObservation(), { lane }));
  for (const entry of entries) await journal.append(entry);
  return entries.flatMap((entry) => entry.deliveries);
}
