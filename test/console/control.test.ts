import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createConnection, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, onTestFinished, test } from "vitest";
import { ask, GatewayProblem } from "../../src/cli/control-client.ts";
import { type Answer, listenForControl } from "../../src/console/control.ts";
import type { Request } from "../../src/console/requests.ts";
import { JournalError } from "../../src/journal/journal.ts";
import { until } from "../kit/until.ts";

function socketPath(): string {
  const folder = mkdtempSync(join(tmpdir(), "vw-control-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "run/control.sock");
}

/** A gateway's socket; by default it answers each request with itself. */
async function listening(answer?: Answer): Promise<{ path: string; asked: Request[] }> {
  const path = socketPath();
  const asked: Request[] = [];
  const { close } = await listenForControl(path, (request, stopped) => {
    asked.push(request);
    return answer === undefined ? rows(request) : answer(request, stopped);
  });
  onTestFinished(close);
  return { path, asked };
}

async function* rows(...all: readonly unknown[]): AsyncGenerator<unknown> {
  yield* all;
}

/** Someone who speaks to the socket without our client. */
async function stranger(path: string): Promise<{ socket: Socket; lines: string[] }> {
  const socket = createConnection(path);
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => {});
  await once(socket, "connect");
  const lines: string[] = [];
  createInterface({ input: socket }).on("line", (line) => lines.push(line));
  return { socket, lines };
}

async function collected(rows: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

describe("the control socket", () => {
  test("answers requests of one connection in order, each with its rows and an end", async () => {
    const { path } = await listening(async function* (request) {
      if (request.do === "events") for (let n = 0; n < request.limit; n++) yield n;
    });
    const { socket, lines } = await stranger(path);
    socket.write('{"do":"events","limit":2}\n{"do":"status"}\n{"do":"events","limit":1}\n');
    await until(() => lines.length === 6);
    expect(lines).toEqual(['{"row":0}', '{"row":1}', '{"end":true}', '{"end":true}', '{"row":0}', '{"end":true}']);
  });

  test("may be opened by its user and group alone", async () => {
    const { path } = await listening();
    expect(statSync(path).mode & 0o777).toBe(0o660);
  });

  test("takes the place of a socket that a killed gateway left behind", async () => {
    const path = socketPath();
    mkdirSync(dirname(path));
    const gateway = spawn(process.execPath, ["-e", `require("net").createServer().listen(${JSON.stringify(path)})`]);
    onTestFinished(() => void gateway.kill("SIGKILL"));
    await until(() => existsSync(path));
    gateway.kill("SIGKILL");
    await once(gateway, "exit");
    expect(lstatSync(path).isSocket()).toBe(true);
    const second = await listenForControl(path, () => rows("new"));
    onTestFinished(second.close);
    expect(await collected(ask(path, { do: "status" }))).toEqual(["new"]);
  });

  test("does not take the place of a file, a folder or a link, which stay as they are", async () => {
    const path = socketPath();
    mkdirSync(dirname(path));
    const [file, folder, link] = ["notes.txt", "folder", "link"].map((name) => join(dirname(path), name));
    writeFileSync(file ?? "", "kept");
    mkdirSync(folder ?? "");
    symlinkSync("notes.txt", link ?? "");
    for (const taken of [file, folder, link]) {
      await expect(listenForControl(taken ?? "", () => rows())).rejects.toMatchObject({
        code: "FILE_EXISTS",
        message: `${taken}: it is there already, and is no socket`,
      });
    }
    expect(readFileSync(file ?? "", "utf8")).toBe("kept");
    expect(lstatSync(link ?? "").isSymbolicLink()).toBe(true);
    expect(readdirSync(dirname(path)).sort()).toEqual(["folder", "link", "notes.txt"]);
  });

  test("is not taken from a gateway that answers there", async () => {
    const { path } = await listening(() => rows("first"));
    const second = listenForControl(path, () => rows("second"));
    await expect(second).rejects.toMatchObject({
      code: "SOCKET_FAILED",
      message: expect.stringContaining("another gateway answers there"),
    });
    expect(await collected(ask(path, { do: "status" }))).toEqual(["first"]);
  });

  test("is left alone at the end by a gateway whose place was taken", async () => {
    const path = socketPath();
    const first = await listenForControl(path, () => rows("first"));
    rmSync(path);
    const second = await listenForControl(path, () => rows("second"));
    onTestFinished(second.close);
    await first.close();
    expect(await collected(ask(path, { do: "status" }))).toEqual(["second"]);
  });

  test("leaves nothing in its folder at the end", async () => {
    const path = socketPath();
    const { close } = await listenForControl(path, () => rows());
    expect(readdirSync(dirname(path))).toEqual(["control.sock"]);
    await close();
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  test.each([
    ["what is no JSON", "status"],
    ["what names no request", '{"do":"reboot"}'],
    ["a request with a key too many", '{"do":"status","verbose":true}'],
    ["a change without a name", '{"do":"discard","ids":["a"],"reason":"no"}'],
    ["a change with an empty name", '{"do":"discard","ids":["a"],"reason":"no","by":"  "}'],
    ["a limit beyond the greatest", '{"do":"events","limit":100000}'],
    ["a doubt that nobody may set aside", '{"do":"release","ids":["a"],"accept":["control"],"by":"N","reason":"r"}'],
  ])("refuses %s as a mistake of usage, does nothing, and goes on", async (_, line) => {
    const { path, asked } = await listening();
    const { socket, lines } = await stranger(path);
    socket.write(`${line}\n{"do":"status"}\n`);
    await until(() => lines.length === 3);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ problem: { code: "USAGE" } });
    expect(lines.slice(1)).toEqual(['{"row":{"do":"status"}}', '{"end":true}']);
    expect(asked).toEqual([{ do: "status" }]);
  });

  test("does not collect a line without an end", async () => {
    const { path, asked } = await listening();
    const { socket } = await stranger(path);
    const closed = once(socket, "close");
    socket.write("x".repeat(70_000));
    await closed;
    expect(asked).toEqual([]);
    expect(await collected(ask(path, { do: "status" }))).toEqual([{ do: "status" }]);
  });

  test("says why something cannot be done, in the words of the operator's list", async () => {
    const { path } = await listening(async function* () {
      yield "one";
      throw new JournalError("NOT_ALLOWED", "it is delivered already");
    });
    const got: unknown[] = [];
    const asking = async () => {
      for await (const row of ask(path, { do: "status" })) got.push(row);
    };
    const failure = await asking().then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(got).toEqual(["one"]);
    expect(failure).toBeInstanceOf(GatewayProblem);
    expect(failure).toMatchObject({ problem: { code: "NOT_ALLOWED", detail: "it is delivered already" } });
  });

  test("stops answering somebody who has gone, and serves the next", async () => {
    let [given, ended] = [0, false];
    const { path } = await listening(async function* (request) {
      if (request.do === "status") {
        yield "here";
        return;
      }
      try {
        for (;;) {
          yield "x".repeat(10_000);
          given += 1;
        }
      } finally {
        ended = true;
      }
    });
    const { socket } = await stranger(path);
    socket.pause();
    socket.write('{"do":"events","limit":1}\n');
    await until(() => given > 0);
    socket.destroy();
    await until(() => ended);
    const stoppedAt = given;
    expect(await collected(ask(path, { do: "status" }))).toEqual(["here"]);
    expect(given).toBe(stoppedAt);
  });

  test("waits for somebody who reads slowly, and takes no more memory for it", async () => {
    let given = 0;
    const { path } = await listening(async function* () {
      for (; given < 1000; given++) yield "x".repeat(10_000);
    });
    const { socket } = await stranger(path);
    socket.pause();
    socket.write('{"do":"status"}\n');
    // What the kernel and the streams hold is far less than the ten megabytes that there are to be had.
    let before = -1;
    await until(() => {
      const still = given > 0 && given === before;
      before = given;
      return still;
    });
    expect(given).toBeLessThan(500);
    socket.resume();
    await until(() => given === 1000);
  });

  test("is left by whoever stops asking, also where no answer ever comes", async () => {
    const { path, asked } = await listening(() => ({
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }),
    }));
    const stop = new AbortController();
    const all = collected(ask(path, { do: "status" }, stop.signal));
    await until(() => asked.length === 1);
    stop.abort();
    expect(await all).toEqual([]);
    expect(await collected(ask(path, { do: "status" }, stop.signal))).toEqual([]);
    expect(asked).toHaveLength(1);
  });

  test("that nobody listens at is told apart from a refusal", async () => {
    await expect(collected(ask(socketPath(), { do: "status" }))).rejects.toMatchObject({
      problem: { code: "GATEWAY_ABSENT" },
    });
  });

  test("is gone when the gateway closes, and whoever is connected is told by the end of the connection", async () => {
    const path = socketPath();
    const { close } = await listenForControl(path, () => rows());
    const { socket } = await stranger(path);
    const closed = once(socket, "close");
    await close();
    await closed;
    await expect(collected(ask(path, { do: "status" }))).rejects.toMatchObject({ problem: { code: "GATEWAY_ABSENT" } });
  });
});

test.each(["/proc/nowhere/at/all.sock", "/dev/null/control.sock"])(
  "a socket that cannot be made is said: %s",
  async (path) => {
    await expect(listenForControl(path, async function* () {})).rejects.toMatchObject({
      code: "SOCKET_FAILED",
      message: expect.stringContaining(path),
    });
  },
);
