import { type ChildProcessByStdio, spawn } from "node:child_process";
import { existsSync, lstatSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { Duplex, type Readable, type Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

type Socat = ChildProcessByStdio<Writable, Readable, Readable>;

/** A pseudo-terminal whose far end a gateway opens like a serial port. */
export interface Pty {
  readonly path: string;
  readonly stream: Duplex;
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
 * throws {@link PathTaken} where it is anything else, for socat would delete it, {@link FolderMissing} and
 * {@link SocatMissing}.
 */
export async function openPty(path: string): Promise<Pty> {
  const socat = spawnSocat(path, ["ignoreeof"]);
  socat.stderr.resume();
  await linked(socat, path);
  const stream = streamOf(socat);
  return { path, stream, close: () => close(socat, stream) };
}

/** Before another pty is tried where none could be made any more. */
const againMs = 1000;

/**
 * Makes a pty at `path`, as {@link openPty} does, that may be opened again and again: `onOpened` gets a stream each
 * time that somebody has opened it, which ends when that one closes it. Answers how to take the pty away.
 *
 * Each opening has a pty of its own. One that goes on over a closing has socat look at it every second, by a read that
 * never returns if it was opened just before and the gateway only listens.
 */
export async function servePty(path: string, onOpened: (stream: Duplex) => void): Promise<() => void> {
  let stopped = false;
  let stop = (): void => {};
  const next = async (): Promise<void> => {
    const socat = spawnSocat(path, ["wait-slave", "pty-interval=0.1"], ["-t", "0"]);
    stop = () => void socat.kill();
    // Not its “close”, which waits for whoever reads what is left of its output.
    const ended = new Promise((resolve) => socat.once("exit", resolve));
    void opened(socat.stderr).then(() => {
      if (stopped || socat.exitCode !== null || socat.signalCode !== null) return;
      const stream = streamOf(socat);
      stop = () => close(socat, stream);
      void ended.then(() => stream.destroy());
      onOpened(stream);
    });
    await linked(socat, path);
    void ended.then(again);
  };
  const again = (): void => {
    if (!stopped) next().catch(() => setTimeout(again, againMs).unref());
  };
  await next();
  return () => {
    stopped = true;
    stop();
  };
}

/** Starts socat between a pty at this path and its own standard streams. */
function spawnSocat(path: string, pty: readonly string[], options: readonly string[] = []): Socat {
  if (!existsSync(dirname(path))) throw new FolderMissing(`There is no folder ${dirname(path)}.`);
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there !== undefined && !there.isSymbolicLink()) throw new PathTaken(`${path} is there already, and is no link`);
  // Else the link of an earlier pty would pass for that of this one.
  rmSync(path, { force: true });
  const address = ["PTY", `link=${path}`, "raw", "echo=0", ...pty].join(",");
  return spawn("socat", ["-dd", "-b", "65536", ...options, address, "STDIO"], { stdio: ["pipe", "pipe", "pipe"] });
}

/** Resolves once the link of the pty is there. */
async function linked(socat: Socat, path: string): Promise<void> {
  let failed: Error | undefined;
  socat.on("error", (error) => {
    failed = error;
  });
  while (!existsSync(path)) {
    if (failed !== undefined) throw new SocatMissing("socat is not installed", { cause: failed });
    if (socat.exitCode !== null || socat.signalCode !== null) throw new Error(`socat could not make a pty at ${path}`);
    await sleep(5);
  }
}

/** Resolves when socat says that it has begun to carry bytes. */
function opened(said: Readable): Promise<void> {
  return new Promise((resolve) => {
    let text = "";
    said.on("data", (bytes: Buffer) => {
      if (text.includes(carrying)) return;
      text += bytes.toString("latin1");
      if (text.includes(carrying)) resolve();
    });
  });
}

const carrying = "starting data transfer loop";

function streamOf(socat: Socat): Duplex {
  const stream = Duplex.from({ readable: socat.stdout, writable: socat.stdin }) as Duplex;
  // Whoever plays on it learns from its end that nobody is there any more; what was just being written is lost.
  stream.on("error", () => {});
  return stream;
}

function close(socat: Socat, stream: Duplex): void {
  socat.kill();
  stream.destroy();
}
