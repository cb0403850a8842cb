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
