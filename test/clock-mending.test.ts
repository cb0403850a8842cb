import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mendTimes } from "../src/clock-mending.ts";
import type { Journal } from "../src/journal/journal.ts";
import { openJournal } from "../src/journal/open.ts";
import type { Observation } from "../src/model/observation.ts";
import type { HostTime } from "../src/model/times.ts";
import { mint, sampleObservation } from "./kit/sample.ts";

let folder: string;
let journal: Journal;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "vw-mending-"));
  ({ journal } = await openJournal({ path: join(folder, "journal.sqlite"), ballastBytes: 1024 }));
});
afterEach(async () => {
  await journal.close();
  rmSync(folder, { recursive: true });
});

/** Ten minutes after the readings arrived, and the clock turns out to have been three hours behind. */
const now: HostTime = { wall: "2026-11-23T14:10:00.000Z", monotonicMs: 700_000, boot: "b", quality: "synchronised" };
const before: HostTime = {
  wall: "2026-11-23T11:00:00.000Z",
  monotonicMs: 100_000,
  boot: "b",
  quality: "unsynchronised",
};

function held(over: Partial<Observation> = {}): Observation {
  const times = { received: before, measured: before.wall, source: "arrival" as const };
  return sampleObservation({ times, standing: { state: "held", reasons: ["host-clock"] }, ...over });
}

async function mend(observations: readonly Observation[]): Promise<readonly Observation[]> {
  await journal.append({ observations, events: [], deliveries: [] });
  const address = (ready: readonly Observation[]) => {
    const [first] = ready;
    if (first === undefined) return [];
    const delivery = {
      sink: "ehr",
      lane: "x",
      controlId: "C1",
      purpose: "result" as const,
      bytes: new Uint8Array([1]),
    };
    return [{ id: mint(), observations: ready.map((o) => o.id), ...delivery }];
  };
  await mendTimes({ journal, address }, now);
  return (await journal.observations({ limit: 10 })).map((row) => row.observation);
}

describe("When the host's clock is set", () => {
  it("readings that waited for it get the time at which they truly arrived, and go", async () => {
    const [mended] = await mend([held()]);
    expect(mended?.times).toMatchObject({
      measured: "2026-11-23T14:00:00.000Z",
      received: { quality: "synchronised" },
    });
    expect(mended?.standing).toEqual({ state: "ready" });
    expect(await journal.deliveries({ limit: 10 })).toHaveLength(1);
  });

  it("one whose age the instrument told moves with its arrival", async () => {
    const times = { received: before, measured: "2026-11-23T10:59:30.000Z", source: "age" as const };
    const [mended] = await mend([held({ times })]);
    expect(mended?.times.measured).toBe("2026-11-23T13:59:30.000Z");
  });

  it("one that is held for something else too stays held for that", async () => {
    const [mended] = await mend([held({ standing: { state: "held", reasons: ["no-patient", "host-clock"] } })]);
    expect(mended?.standing).toEqual({ state: "held", reasons: ["no-patient"] });
    expect(await journal.deliveries({ limit: 10 })).toHaveLength(0);
  });

  it("one of an earlier boot waits for a person, for nothing tells when that was", async () => {
    const times = { received: { ...before, boot: "another" }, measured: before.wall, source: "arrival" as const };
    const [mended] = await mend([held({ times })]);
    expect(mended?.standing).toEqual({ state: "held", reasons: ["host-clock"] });
  });
});
