import { expect, test } from "vitest";
import type { Journal } from "../../src/journal/journal.ts";
import { roundsASecond, type Steady } from "../../src/journal/pace.ts";
import { entryOf, journalForTest } from "../kit/journals.ts";
import { sampleObservation } from "../kit/sample.ts";
import { until } from "../kit/until.ts";

/** Time that stands still, so that a slow disk is no slow crowd; a wait for company ends when the test says so. */
class StandingTime implements Steady {
  #ring: (() => void) | undefined;

  nowMs(): number {
    return 0;
  }

  after(_ms: number, ring: () => void): () => void {
    this.#ring = ring;
    return () => {
      this.#ring = undefined;
    };
  }

  get isAwaited(): boolean {
    return this.#ring !== undefined;
  }

  /** Lets a wait for company that is under way, or about to be, last as long as it may. */
  async pass(): Promise<void> {
    await until(() => this.isAwaited);
    this.#ring?.();
    this.#ring = undefined;
  }
}

/** A journal to which so many readings came one by one, just now, that it lets changes gather. */
async function crowded(): Promise<{ journal: Journal; path: string; time: StandingTime }> {
  const time = new StandingTime();
  const { journal, path } = await journalForTest({ steady: time });
  for (let i = 0; i < roundsASecond; i++) await journal.append(entryOf(sampleObservation()));
  // A query comes after the last of these rounds was counted.
  await journal.counts();
  return { journal, path, time };
}

test("readings of a crowd share a commit, though they come one by one", async () => {
  const { journal, time } = await crowded();
  const first = journal.append(entryOf(sampleObservation()));
  await until(() => time.isAwaited);
  let both = false;
  void journal.append(entryOf(sampleObservation())).then(() => {
    both = true;
  });
  await time.pass();
  await first;
  await Promise.resolve();
  expect(both).toBe(true);
});

test("whoever asks the journal sees what gathers, and does not wait for company", async () => {
  const { journal } = await crowded();
  const observation = sampleObservation();
  const appended = journal.append(entryOf(observation, {}));
  const [row] = await journal.observations({ limit: 1, ids: [observation.id] });
  expect(row?.deliveries).toHaveLength(1);
  expect(await appended).toEqual({ stored: [observation.id], known: 0 });
});

test("an instrument that waits for its answer is held up by no crowd, and takes along what gathers", async () => {
  const { journal } = await crowded();
  const talking = sampleObservation();
  const waiting = sampleObservation();
  const taken = journal.append(entryOf(talking));
  const answered = journal.append({ ...entryOf(waiting), awaited: true });
  expect(await answered).toEqual({ stored: [waiting.id], known: 0 });
  expect(await taken).toEqual({ stored: [talking.id], known: 0 });
});

test("a message that is rejected is written down at once, also in a crowd", async () => {
  const { journal } = await crowded();
  void journal.append(entryOf(sampleObservation(), {}));
  const [message] = await journal.claim("emr", 1, 0);
  const id = message?.id ?? "";
  await journal.settle([{ id, state: "rejected", at: "2026-03-01T10:00:00.000Z", code: "ACK_REJECT" }]);
  expect(await journal.deliveries({ limit: 1 })).toMatchObject([{ id, state: "rejected" }]);
});

test("what gathers when the journal is closed is stored", async () => {
  const { journal, path, time } = await crowded();
  const observation = sampleObservation();
  const appended = journal.append(entryOf(observation, {}));
  await until(() => time.isAwaited);
  await journal.close();
  expect(await appended).toEqual({ stored: [observation.id], known: 0 });
  const again = await journalForTest({ path });
  expect(await again.journal.deliveries({ limit: 1000 })).toHaveLength(1);
});

test("the messages of what gathers are written once, with the round, and in the order of their readings", async () => {
  const { journal, time } = await crowded();
  const written: number[] = [];
  const appended = [1, 2, 3].map((n) => {
    const { observations, events, deliveries } = entryOf(sampleObservation(), { lane: `lane-${n}` });
    return journal.append({
      observations,
      events,
      get deliveries() {
        written.push(n);
        return deliveries;
      },
    });
  });
  expect(written).toEqual([]);
  await time.pass();
  await Promise.all(appended);
  expect(written).toEqual([1, 2, 3]);
  const lanes = (await journal.claim("emr", 10, 0)).map(({ lane }) => lane);
  expect(lanes).toEqual(["lane-1", "lane-2", "lane-3"]);
});

test("a message that cannot be written is that reading's failure alone", async () => {
  const { journal, time } = await crowded();
  const { observations, events } = entryOf(sampleObservation());
  const broken = journal.append({
    observations,
    events,
    get deliveries(): never {
      throw new Error("no such segment");
    },
  });
  const sound = sampleObservation();
  const appended = journal.append(entryOf(sound, {}));
  const failed = expect(broken).rejects.toThrow("no such segment");
  await time.pass();
  await failed;
  expect(await appended).toEqual({ stored: [sound.id], known: 0 });
});
