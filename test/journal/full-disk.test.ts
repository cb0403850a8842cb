import { execFileSync } from "node:child_process";
import { existsSync, rmSync, statfsSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Journal } from "../../src/journal/journal.ts";
import { deliveryOf, journalForTest, temporaryFolder } from "../kit/journals.ts";
import { sampleObservation } from "../kit/sample.ts";

const ballastBytes = 2 ** 20;
const at = "2026-11-23T14:05:09.120Z";

/** A real file system of its own, of a few megabytes. Needs the right to mount, as in a container of one's own. */
function smallDisk(megabytes: number): string {
  const folder = temporaryFolder();
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", folder]);
  onTestFinished(() => void execFileSync("umount", ["-l", folder]));
  return folder;
}

const mayMount = ((): boolean => {
  try {
    execFileSync("unshare", ["-m", "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

/** Takes all the space that is left, as a careless neighbour would. */
function fillUp(folder: string): string {
  const path = join(folder, "neighbour");
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(path, Buffer.alloc(bavail * bsize, 1));
  return path;
}

function batch(n: number): Parameters<Journal["append"]>[0] {
  const observations = Array.from({ length: n }, () => sampleObservation());
  const deliveries = observations.map((observation) => deliveryOf(observation, { bytes: Buffer.alloc(1500, "x") }));
  return { observations, events: [], deliveries };
}

/** Appends until the journal refuses; answers what it took. */
async function appendUntilFull(journal: Journal): Promise<readonly string[]> {
  const stored: string[] = [];
  for (;;) {
    const answers = await Promise.allSettled([1, 2, 3].map(() => journal.append(batch(5))));
    for (const answer of answers) {
      if (answer.status === "fulfilled") stored.push(...answer.value.stored);
      else expect(answer.reason).toMatchObject({ code: "JOURNAL_FULL" });
    }
    if (answers.some(({ status }) => status === "rejected")) return stored;
  }
}

test.runIf(mayMount)(
  "on a full disk readings are refused whole, what is queued is still delivered, and it goes on when there is space",
  async () => {
    const folder = smallDisk(8);
    const path = join(folder, "journal.db");
    const { journal } = await journalForTest({ path, ballastBytes });
    const neighbour = fillUp(folder);
    // Room for some readings, not for many.
    truncateSync(neighbour, statSync(neighbour).size - 2 * 2 ** 20);
    const stored = await appendUntilFull(journal);
    expect(stored.length).toBeGreaterThan(100);
    expect(existsSync(`${path}.ballast`)).toBe(false);

    // Nothing half stored: exactly what was answered is there, each with its message.
    const rows = await journal.observations({ limit: 100_000 });
    expect(new Set(rows.map((row) => row.observation.id))).toEqual(new Set(stored));
    expect(rows.filter((row) => row.deliveries.length !== 1)).toEqual([]);

    // The queue is worked off, and old rows can be removed.
    for (let left = stored.length; left > 0; ) {
      const claimed = await journal.claim("emr", 50, 0);
      await journal.settle(claimed.map(({ id }) => ({ id, state: "delivered", at })));
      left -= claimed.length;
    }
    expect((await journal.counts()).deliveries).toEqual({ emr: { delivered: stored.length } });
    await expect(journal.append(batch(1))).rejects.toMatchObject({ code: "JOURNAL_FULL" });
    expect(await journal.retain("2027-01-01T00:00:00.000Z")).toBe(stored.length);

    rmSync(neighbour);
    const [fresh] = (await journal.append(batch(1))).stored;
    expect(statSync(`${path}.ballast`).size).toBe(ballastBytes);
    expect((await journal.observations({ limit: 5 })).map((row) => row.observation.id)).toEqual([fresh]);
  },
);

test.runIf(mayMount)("a journal opens on a full disk, delivers, and takes readings when there is space", async () => {
  const folder = smallDisk(8);
  const path = join(folder, "journal.db");
  const first = await journalForTest({ path, ballastBytes });
  const { stored } = await first.journal.append(batch(20));
  await first.journal.close();
  const neighbour = fillUp(folder);
  const { journal } = await journalForTest({ path, ballastBytes });
  const claimed = await journal.claim("emr", 50, 0);
  await journal.settle(claimed.map(({ id }) => ({ id, state: "delivered", at })));
  expect((await journal.counts()).deliveries).toEqual({ emr: { delivered: stored.length } });
  await appendUntilFull(journal);
  rmSync(neighbour);
  expect((await journal.append(batch(1))).stored).toHaveLength(1);
});

test("a ballast that fell away while there was space is taken again at the next start", async () => {
  const { journal, path } = await journalForTest({ ballastBytes });
  await journal.close();
  rmSync(`${path}.ballast`);
  await journalForTest({ path, ballastBytes });
  expect(statSync(`${path}.ballast`).size).toBe(ballastBytes);
});
