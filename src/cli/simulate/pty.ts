import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, lstatSync } from "node:fs";
import { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

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

/**
 * Makes a pty at `path` (a link) by socat, and waits until it is there. A link that is there already is replaced;
 * throws {@link PathTaken} where it is anything else, for socat would delete it.
 */
export async function openPty(path: string): Promise<Pty> {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there !== undefined && !there.isSymbolicLink()) throw new PathTaken(`${path} is there already, and is no link`);
  const socat = spawn("socat", ["-b", "65536", `PTY,link=${path},raw,echo=0,ignoreeof`, "STDIO"], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  let failed: Error | undefined;
  socat.on("error", (error) => {
    failed = error;
  });
  while (!existsSync(path)) {
    if (failed !== undefined) throw new SocatMissing("socat is not installed", { cause: failed });
    if (socat.exitCode !== null) throw new Error(`socat could not make a pty at ${path}`);
    await sleep(5);
  }
  const stream = Duplex.from({ readable: socat.stdout, writable: socat.stdin }) as Duplex;
  return { path, stream, close: () => close(socat, stream) };
}

function close(socat: ChildProcess, stream: Duplex): void {
  stream.on("error", () => {});
  socat.kill();
  stream.destroy();
}
