import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, lstatSync } from "node:fs";
import { dirname } from "node:path";
import { Duplex, type Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

/** A pseudo-terminal whose far end a gateway opens like a serial port. */
export interface Pty {
  readonly path: string;
  readonly stream: Duplex;
  /** Resolves once somebody has opened it; at once where that was not to be waited for. */
  readonly opened: Promise<void>;
  close(): void;
}

/** What is missing when socat is not installed. */
export class SocatMissing extends Error {
  override readonly name = "SocatMissing";
}

/** Something other than a link stands where the link should be made. */
export class PathTaken extends Error {
  override readonly name = "PathTaken";
}

/** The folder in which the link should be made is not there. */
export class FolderMissing extends Error {
  override readonly name = "FolderMissing";
}

/**
 * Makes a pty at `path` (a link) by socat, and waits until it is there. A link that is there already is replaced;
 * throws {@link PathTaken} where it is anything else, for socat would delete it, and {@link FolderMissing}.
 *
 * @param waits nothing is carried until somebody has opened it, and `opened` says when.
 */
export async function openPty(path: string, waits = false): Promise<Pty> {
  if (!existsSync(dirname(path))) throw new FolderMissing(`There is no folder ${dirname(path)}.`);
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there !== undefined && !there.isSymbolicLink()) throw new PathTaken(`${path} is there already, and is no link`);
  const wait = waits ? ",wait-slave,pty-interval=0.1" : "";
  const socat = spawn("socat", ["-dd", "-b", "65536", `PTY,link=${path},raw,echo=0,ignoreeof${wait}`, "STDIO"], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  const opened = waits ? carrying(socat.stderr) : Promise.resolve();
  socat.stderr.resume();
  let failed: Error | undefined;
  socat.on("error", (error) => {
    failed = error;
  });
  while (!existsSync(path)) {
    if (failed !== undefined) throw new SocatMissing("socat is not installed", { cause: failed });
    if (socat.exitCode !== null || socat.signalCode !== null) throw new Error(`socat could not make a pty at ${path}`);
    await sleep(5);
  }
  const stream = Duplex.from({ readable: socat.stdout, writable: socat.stdin }) as Duplex;
  return { path, stream, opened, close: () => close(socat, stream) };
}

/** Resolves when socat says that it has begun to carry bytes. */
function carrying(said: Readable): Promise<void> {
  return new Promise((resolve) => {
    let text = "";
    said.on("data", (bytes: Buffer) => {
      text += bytes.toString("latin1");
      if (text.includes("starting data transfer loop")) resolve();
    });
  });
}

function close(socat: ChildProcess, stream: Duplex): void {
  stream.on("error", () => {});
  socat.kill();
  stream.destroy();
}
