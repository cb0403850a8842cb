#!/usr/bin/env node
import process from "node:process";
import { cli } from "./cli.ts";
import type { Surroundings } from "./command.ts";

const stop = new AbortController();
let listening = false;

/** A command that never looks at `stop` is ended by Ctrl-C as any program is; one that does ends in order. */
function stopSignal(): AbortSignal {
  if (!listening) {
    listening = true;
    for (const signal of ["SIGINT", "SIGTERM"] as const)
      process.on(signal, () => {
        if (stop.signal.aborted) process.exit(130);
        stop.abort();
      });
  }
  return stop.signal;
}

// A reader that has seen enough (| head) is no fault.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });

const around: Surroundings = {
  out: process.stdout,
  err: process.stderr,
  in: process.stdin,
  outIsTerminal: process.stdout.isTTY === true,
  errIsTerminal: process.stderr.isTTY === true,
  env: process.env,
  cwd: process.cwd(),
  get stop() {
    return stopSignal();
  },
};

process.exitCode = await cli(process.argv.slice(2), around);
