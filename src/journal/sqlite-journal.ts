import { Slab } from "../slab.ts";
import { amend } from "./amend.ts";
import { append } from "./append.ts";
import type { Ballast } from "./ballast.ts";
import { CommitQueue, type QueueWatch } from "./commit-queue.ts";
import type { Database } from "./database.ts";
import { claim, nextDue, settle } from "./delivery.ts";
import type { Entry, Journal, Outcome } from "./journal.ts";
import type { Sequences } from "./message.ts";
import type { Steady } from "./pace.ts";
import { decide } from "./person.ts";
import { counts, deliveries, deliveryBytes, events, known, observations } from "./query.ts";
import { giveBack, type RetainStep, retire, size } from "./retain.ts";
import { Takers } from "./takers.ts";
import { written } from "./written.ts";

/** What a journal works with once its file is open, sound and of the newest schema. */
export interface JournalParts {
  readonly database: Database;
  readonly ballast: Ballast;
  readonly sequences: Sequences;
  /** Retention keeps the file at or below this size, as far as delivered rows allow. */
  readonly maxBytes: number;
  readonly watch: QueueWatch;
  readonly steady: Steady;
}

/** The journal over one open SQLite file. */
export function sqliteJournal({ database, ballast, sequences, maxBytes, watch, steady }: JournalParts): Journal {
  const queue = new CommitQueue(database, ballast, watch, steady);
  const outgoing = { sequences, takers: new Takers() };
  const slab = new Slab();
  // In one transaction: first what became of the old, then the new, then people, then what is handed out.
  const settled = queue.accept(settle(database), {
    ready: asGiven,
    mayWait: (outcomes: readonly Outcome[]) => outcomes.every(({ state }) => state === "delivered"),
  });
  const appended = queue.accept(append(database, outgoing), {
    ready: (entry: Entry) => written(entry, slab),
    mayWait: ({ awaited }) => awaited !== true,
  });
  const amended = queue.accept(amend(database, outgoing), { ready: asGiven });
  const decided = queue.accept(decide(database), { ready: asGiven });
  const claimed = queue.accept(claim(database), { ready: asGiven });
  const retired = queue.accept(retire(database), { ready: asGiven });
  const givenBack = queue.accept(giveBack(database), { ready: asGiven });

  /** Steps through the oldest rows until there are no more, or until `enough`. */
  async function remove(step: RetainStep, enough: () => Promise<boolean>): Promise<RemovedRows> {
    let removed = 0;
    let reached: string | undefined;
    for (let after: number | undefined = 0; after !== undefined && !(await enough()); ) {
      const done = await retired({ ...step, after });
      removed += done.removed;
      reached = done.reached ?? reached;
      after = done.next;
    }
    return { removed, reached };
  }

  async function shrink(): Promise<void> {
    for (let more = true; more; ) {
      const { bytes } = await queue.read(() => size(database));
      more = (bytes > maxBytes || ballast.released) && (await givenBack(null));
    }
  }

  return {
    append: appended,
    claim: (sink, limit, nowMs) => claimed({ sink, limit, nowMs }),
    attend: (sink, taker) => outgoing.takers.attend(sink, taker),
    settle: settled,
    amend: amended,
    retry: (delivery, by, at) => decided({ delivery, do: "retry", by, at }),
    abandon: (delivery, by, reason, at) => decided({ delivery, do: "abandon", by, at, reason }),
    known: (sourceKeys) => queue.read(() => known(database, sourceKeys)),
    nextDue: (sink) => queue.read(() => nextDue(database, sink)),
    observations: (query) => queue.read(() => observations(database, query)),
    deliveries: (query) => queue.read(() => deliveries(database, query)),
    deliveryBytes: (id) => queue.read(() => deliveryBytes(database, id)),
    events: (query) => queue.read(() => events(database, query)),
    counts: () => queue.read(() => counts(database)),
    async retain(before) {
      const never = async (): Promise<boolean> => false;
      const fits = async (): Promise<boolean> => (await queue.read(() => size(database))).used <= maxBytes;
      const aged = await remove({ what: "observation", after: 0, before }, never);
      await remove({ what: "event", after: 0, before }, never);
      const oversize = await remove({ what: "observation", after: 0 }, fits);
      if (oversize.reached !== undefined) await remove({ what: "event", after: 0, before: oversize.reached }, never);
      await shrink();
      return aged.removed + oversize.removed;
    },
    async close() {
      await queue.close();
      await database.close();
    },
  };
}

const asGiven = <T>(given: T): T => given;

interface RemovedRows {
  readonly removed: number;
  readonly reached: string | undefined;
}
