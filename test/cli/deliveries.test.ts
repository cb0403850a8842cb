import { join } from "node:path";
import { expect, test } from "vitest";
import { listenForControl } from "../../src/console/control.ts";
import type { Outcome } from "../../src/journal/journal.ts";
import { closingWithTest } from "../kit/closing.ts";
import { journalForTest, queue, temporaryFolder } from "../kit/journals.ts";
import { runCli } from "./run-cli.ts";

const settled: readonly Omit<Outcome, "id" | "at">[] = [
  { state: "rejected", code: "ACK_ERROR", answer: "AE: no such patient; 204\u202e" },
  { state: "delivered", answer: "AA" },
  { state: "unsure", code: "ACK_TIMEOUT", mayHaveReached: true },
];

/** A gateway's journal behind its socket, with one delivery for each outcome. */
async function gatewayWith(outcomes: typeof settled): Promise<{ socket: string; ids: readonly string[] }> {
  const { journal } = await journalForTest();
  const ids = (await queue(journal, ...outcomes.map((_, i) => `lane-${i}`))).map(({ id }) => id);
  await journal.claim("emr", ids.length, 0);
  await journal.settle(
    outcomes.map((outcome, i) => ({ id: ids[i] ?? "", at: "2026-11-23T14:05:09.120Z", ...outcome })),
  );
  const socket = join(temporaryFolder(), "control.sock");
  const { close } = await listenForControl(socket, async function* (request) {
    if (request.do === "deliveries") yield* (await journal.deliveries(request)).toReversed();
    if (request.do === "bytes") yield { text: new TextDecoder().decode(await journal.deliveryBytes(request.id)) };
  });
  closingWithTest()(close);
  return { socket, ids };
}

test("show says what the receiver answered, with its code, or that it gave no answer; --json has the same", async () => {
  const { socket, ids } = await gatewayWith(settled);
  const said = ["emr answered AE: no such patient; 204\\u202e", "emr answered AA", "emr has given no answer in words."];
  for (const [i, id] of ids.entries()) {
    const { code, out } = await runCli(["deliveries", "show", id, "--socket", socket]);
    expect(code).toBe(0);
    expect(out.split("\n")).toContain(said[i]);
    expect(out).not.toContain("\u202e");
    const { rows } = await runCli(["deliveries", "show", id, "--socket", socket, "--json"]);
    expect(rows).toMatchObject([{ id, state: settled[i]?.state }]);
    expect(rows[0]?.["answer"]).toBe(settled[i]?.answer);
  }
});

test("the list tells an answer where there is a problem, and none of what was accepted", async () => {
  const { socket } = await gatewayWith(settled);
  const { out } = await runCli(["deliveries", "--socket", socket]);
  expect(out).toMatch(/rejected .* ACK_ERROR: AE: no such patient; 204/);
  expect(out).toMatch(/delivered .*[0-9A-Z]+$/m);
  expect(out).not.toMatch(/\bAA$/m);
});
