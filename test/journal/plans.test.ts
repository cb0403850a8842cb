import { expect, test } from "vitest";
import { current } from "../../src/journal/amend.ts";
import { type Database, openDatabase } from "../../src/journal/database.ts";
import { anyDue, claimRows, earliest, settleRows } from "../../src/journal/delivery.ts";
import {
  bytesOf,
  countQueued,
  countUnsettled,
  deliveriesOf,
  deliveryStatement,
  knownKeys,
  newestEvents,
  newestEventsOf,
  observationStatement,
} from "../../src/journal/query.ts";
import { oldest } from "../../src/journal/retain.ts";
import { migrate, migrations } from "../../src/journal/schema.ts";

const statements: readonly (readonly [name: string, sql: string])[] = [
  ["claim", claimRows],
  ["settle", settleRows],
  ["anything due", anyDue],
  ["earliest due", earliest],
  ["known source keys", knownKeys],
  ["how readings stand", current],
  ["deliveries of readings", deliveriesOf],
  ["bytes of a delivery", bytesOf],
  ["queued counts", countQueued],
  ["unsettled counts", countUnsettled],
  ["newest events", newestEvents],
  ["newest events of types", newestEventsOf],
  ["retention", oldest],
  ["newest readings", observationStatement({ limit: 9 })[0]],
  ["readings by id", observationStatement({ limit: 9, ids: ["x"] })[0]],
  ["readings of a place", observationStatement({ limit: 9, place: "x" })[0]],
  ["readings of a group", observationStatement({ limit: 9, group: "x" })[0]],
  ["held readings", observationStatement({ limit: 9, standing: "held" })[0]],
  ["discarded readings", observationStatement({ limit: 9, standing: "discarded" })[0]],
  ["readings after", observationStatement({ limit: 9, afterSeq: 3 })[0]],
  ["newest deliveries", deliveryStatement({ limit: 9 })[0]],
  ["deliveries by id", deliveryStatement({ limit: 9, ids: ["x"] })[0]],
  ["deliveries by state", deliveryStatement({ limit: 9, sink: "x", states: ["queued", "rejected", "unsure"] })[0]],
];

/** Tables that grow: a walk through all of one is only allowed along its order, where LIMIT ends it. */
const growing = /^SCAN (o|d|e|a|c|w|observation|delivery|event|message|carries|amendment)\b/;

async function planOf(database: Database, sql: string): Promise<readonly string[]> {
  return (await database.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)).map(({ detail }) => detail);
}

test.each(statements)("%s rides an index, or the order of storing up to its limit", async (_, sql) => {
  const database = await openDatabase(":memory:", 0);
  await migrate(database, migrations, "now");
  const plan = await planOf(database, sql);
  const walks = plan.filter((line) => growing.test(line) && !line.includes("VIRTUAL TABLE"));
  const sorts = plan.some((line) => line.includes("USE TEMP B-TREE FOR ORDER BY"));
  const bounded = /ORDER BY .*LIMIT \?/s.test(sql) && !sorts;
  const unbounded = walks.filter((line) => !(line.includes("USING") && line.includes("INDEX delivery_")));
  expect(
    { unbounded: bounded ? [] : unbounded, automatic: plan.filter((line) => line.includes("AUTOMATIC")) },
    plan.join("\n"),
  ).toEqual({
    unbounded: [],
    automatic: [],
  });
  await database.close();
});

test("settling finds each delivery by its id, and claiming reads the queue in order without sorting", async () => {
  const database = await openDatabase(":memory:", 0);
  await migrate(database, migrations, "now");
  expect((await planOf(database, settleRows)).join("\n")).toMatch(
    /SEARCH delivery USING INDEX sqlite_autoindex_delivery_1/,
  );
  const claiming = (await planOf(database, claimRows)).join("\n");
  expect(claiming).toMatch(/SEARCH d USING INDEX delivery_queued \(sink=\?\)/);
  expect(claiming).toMatch(/SEARCH w USING INDEX delivery_waiting \(sink=\? AND lane=\? AND seq<\?\)/);
  expect(claiming).not.toMatch(/TEMP B-TREE/);
  await database.close();
});
