import { randomUUID } from "node:crypto";
import { chmodSync, lstatSync, renameSync, rmSync, statSync } from "node:fs";
import { createConnection, createServer, type Socket } from "node:net";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { prettifyError } from "zod";
import { makeFolder } from "../make-folder.ts";
import { type Problem, problemCodeOf } from "../model/problem.ts";
import { type Reply, type Request, requestSchema } from "./requests.ts";

/** What answers the requests: rows one by one; `stopped` aborts when the asker has gone. */
export type Answer = (request: Request, stopped: AbortSignal) => AsyncIterable<unknown>;

/** A line longer than this is no request of ours. */
const longestLine = 64 * 1024;

/**
 * Listens at a Unix socket that the service's user and group alone may open. One request a line, answers in order.
 * What a dead gateway left there is replaced. Rejects with FILE_EXISTS where something else than a socket stands, and
 * with SOCKET_FAILED where the socket cannot be made, or where another gateway answers.
 */
export async function listenForControl(path: string, answer: Answer): Promise<{ close(): Promise<void> }> {
  try {
    await makeFolder(dirname(path));
    // A connection to a file is refused like one to a dead socket, and the new socket would take its place.
    const there = lstatSync(path, { throwIfNoEntry: false });
    if (there !== undefined && !there.isSocket()) throw new NoSocketThere("it is there already, and is no socket");
    if (await answers(path)) throw new Error("another gateway answers there");
    return await listen(path, answer);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw Object.assign(new Error(`${path}: ${why}`, { cause }), {
      code: cause instanceof NoSocketThere ? "FILE_EXISTS" : "SOCKET_FAILED",
    });
  }
}

/** Something that is not for a gateway to replace stands where the socket should be made. */
class NoSocketThere extends Error {
  override readonly name = "NoSocketThere";
}

/** Whether somebody listens at the path. Rejects where that cannot be told. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ECONNREFUSED") resolve(false);
      else reject(error);
    });
  });
}

function listen(path: string, answer: Answer): Promise<{ close(): Promise<void> }> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => socket.destroy());
    // Whoever went away in the middle of an answer is no concern of the gateway's.
    serve(socket, answer).catch(() => socket.destroy());
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    // A server deletes at its close whatever stands at the name it was made under, so that name is nobody else's.
    const made = join(dirname(path), `.${randomUUID().slice(0, 8)}`);
    server.listen(made, () => {
      try {
        chmodSync(made, 0o660);
        renameSync(made, path);
        const ours = statSync(path).ino;
        resolve({
          close: () =>
            new Promise((closed) => {
              for (const socket of open) socket.destroy();
              if (statSync(path, { throwIfNoEntry: false })?.ino === ours) rmSync(path, { force: true });
              server.close(() => closed());
            }),
        });
      } catch (error) {
        server.close();
        reject(error);
      }
    });
  });
}

async function serve(socket: Socket, answer: Answer): Promise<void> {
  const gone = new AbortController();
  socket.on("close", () => gone.abort());
  const reply = (line: Reply): Promise<void> | undefined =>
    socket.write(`${JSON.stringify(line)}\n`) ? undefined : drained(socket);
  let lineBytes = 0;
  socket.on("data", (chunk: Buffer) => {
    lineBytes = chunk.includes(0x0a) ? 0 : lineBytes + chunk.length;
    if (lineBytes > longestLine) socket.destroy();
  });
  for await (const line of createInterface({ input: socket })) {
    const request = parse(line);
    if ("problem" in request) {
      await reply(request);
      continue;
    }
    try {
      for await (const row of answer(request, gone.signal)) {
        if (gone.signal.aborted) return;
        await reply({ row });
      }
      await reply({ end: true });
    } catch (error) {
      await reply({ problem: problemOf(error) });
    }
  }
}

/** Resolves once a slow reader has caught up, or has gone. */
function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      socket.off("drain", go).off("close", go);
      resolve();
    };
    socket.on("drain", go).on("close", go);
    if (socket.closed) go();
  });
}

function parse(line: string): Request | { readonly problem: Problem } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { problem: { code: "USAGE", detail: "That is not JSON." } };
  }
  const parsed = requestSchema.safeParse(value);
  return parsed.success ? parsed.data : { problem: { code: "USAGE", detail: prettifyError(parsed.error) } };
}

function problemOf(error: unknown): Problem {
  const detail = error instanceof Error ? error.message : String(error);
  return { code: problemCodeOf(error) ?? "JOURNAL_FAILED", detail };
}
