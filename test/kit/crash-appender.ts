import { randomBytes } from "node:crypto";
import { openJournal } from "../../src/journal/open.ts";
import { controlIdOf, uuidv7 } from "../../src/model/ids.ts";
import { sampleObservation } from "./sample.ts";

/*
 * A gateway's journal at work, to be killed: appends readings from several callers at once, each with one message,
 * claims and settles, and prints a line for each promise that the journal has kept.
 */
const [path = ""] = process.argv.slice(2);
const { journal } = await openJournal({ path, ballastBytes: 4096 });
const say = (line: Readonly<Record<string, string>>): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

async function append(): Promise<never> {
  for (;;) {
    const observation = sampleObservation();
    const id = uuidv7(Date.now(), randomBytes(10));
    const bytes = randomBytes(20 + (randomBytes(1)[0] ?? 0));
    const controlId = controlIdOf(id);
    const delivery = { id, sink: "emr", lane: "l", controlId, purpose: "result", bytes } as const;
    await journal.append({
      observations: [observation],
      events: [],
      deliveries: [{ ...delivery, observations: [observation.id] }],
    });
    say({ stored: observation.id, delivery: id, controlId, hex: bytes.toString("hex") });
  }
}

async function send(): Promise<never> {
  for (;;) {
    const claimed = await journal.claim("emr", 7, 0);
    for (const { id } of claimed) say({ claimed: id });
    await journal.settle(claimed.map(({ id }) => ({ id, state: "delivered", at: "2026-11-23T14:05:09.120Z" })));
    for (const { id } of claimed) say({ delivered: id });
  }
}

await Promise.all([append(), append(), append(), send()]);
