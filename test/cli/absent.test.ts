import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCli } from "./run-cli.ts";

const env = { VITALWIRE_SOCKET: "/nowhere/control.sock" };

test.each([["readings"], ["deliveries"]])("%s without a running gateway says so, with exit code 3", async (...args) => {
  const { code, out, err } = await runCli(args, { env });
  expect({ code, out }).toEqual({ code: 3, out: "" });
  expect(err).toContain("GATEWAY_ABSENT");
  expect(err).toContain("/nowhere/control.sock");
});

test.each([
  ["readings", ["bogus"], "list, show, attach, release, hold, move, discard"],
  ["readings", ["bogus", "0192f0c1"], "list, show, attach, release, hold, move, discard"],
  ["deliveries", ["bogus"], "list, show, retry, discard"],
  ["deliveries", ["bogus", "0192f0c1", "--by", "N"], "list, show, retry, discard"],
])("%s %j is a mistake of usage that names the actions that there are", async (name, words, actions) => {
  const { code, err } = await runCli([name, ...words], { env });
  expect(code).toBe(2);
  expect(err).toContain(`There is no action “bogus”; there are ${actions}.`);
});

test("a gateway that hangs up without an answer counts as absent", async () => {
  const folder = await mkdtemp(join(tmpdir(), "vw-socket-"));
  const socket = join(folder, "control.sock");
  const server = createServer((connection) => connection.resume().end());
  await new Promise<void>((listening) => server.listen(socket, listening));
  try {
    expect((await runCli(["readings"], { env: { VITALWIRE_SOCKET: socket } })).code).toBe(3);
  } finally {
    await new Promise((closed) => server.close(closed));
    await rm(folder, { recursive: true, force: true });
  }
});
