import { insertEvents } from "./append.ts";
import type { Change } from "./change.ts";
import type { Database } from "./database.ts";
import { type DeliveryState, JournalError } from "./journal.ts";

/** What a named person decides about one delivery. */
export interface DeliveryAct {
  readonly delivery: string;
  readonly do: "retry" | "abandon";
  readonly by: string;
  readonly at: string;
  readonly reason?: string;
}

const find = "SELECT state FROM delivery WHERE id = ?";
/* The line is ordered by the number of the row, which stays: back in the queue it stands where it stood. */
const requeue = `
UPDATE delivery SET state = 'queued', next_at = NULL, interrupted = 0, settled_at = NULL WHERE id = ?`;
const giveUp = "UPDATE delivery SET state = 'abandoned', next_at = NULL, settled_at = ?2 WHERE id = ?1";

const allowed = {
  retry: { states: ["rejected", "unsure", "queued"], event: "delivery-retried" },
  abandon: { states: ["rejected", "unsure"], event: "delivery-abandoned" },
} as const satisfies Record<DeliveryAct["do"], { states: readonly DeliveryState[]; event: string }>;

/** Carries out what people decide about deliveries, each with its event. */
export function decide(database: Database): Change<DeliveryAct, void> {
  return {
    // It only changes a row in place; a person clearing up must be able to when the disk is full.
    essential: true,
    isOneStatement: () => false,
    weigh: () => 2,
    async make(acts) {
      for (const act of acts) await decideOne(database, act);
      return acts.map(() => undefined);
    },
  };
}

async function decideOne(database: Database, act: DeliveryAct): Promise<void> {
  const { delivery, by, at, reason } = act;
  const { states, event } = allowed[act.do];
  const [row] = await database.all<{ state: DeliveryState }>(find, delivery);
  if (row === undefined) throw new JournalError("NOT_FOUND", `no delivery has the id ${delivery}`);
  if (!states.some((state) => state === row.state)) {
    throw new JournalError(
      "NOT_ALLOWED",
      `delivery ${delivery} is ${row.state}; this can be done with one that is ${states.join(" or ")}`,
    );
  }
  switch (act.do) {
    case "retry":
      await database.run(requeue, delivery);
      break;
    case "abandon":
      await database.run(giveUp, delivery, at);
      break;
    default:
      act.do satisfies never;
  }
  const data = { delivery, was: row.state, ...(reason === undefined ? {} : { reason }) };
  await insertEvents(database, [{ at, type: event, by, data }]);
}
