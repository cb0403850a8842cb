import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ask } from "../../../src/cli/control-client.ts";
import type { GatewayStatus } from "../../../src/console/answers.ts";
import type { StoredDelivery } from "../../../src/journal/journal.ts";

/** The shipped service in its own process, with the options that its systemd unit gives to Node. */
export interface GatewayProcess {
  /** From the spawn of the process to the line in which it says that it is ready. */
  readonly startMs: number;
  /** Asks until it says so. */
  until(reached: (status: GatewayStatus) => boolean, everyMs?: number): Promise<GatewayStatus>;
  /** When the last of a sink's newest deliveries was settled, in milliseconds since 1970. */
  lastSettled(sink: string): Promise<number>;
  /** What it takes of the machine's memory now (VmRSS). */
  residentBytes(): Promise<number>;
  /** Processor time that it has used so far. */
  cpuMs(): Promise<number>;
  /** SIGTERM, and waits until it has ended in order. */
  stop(): Promise<void>;
}

/** What the environment's BENCH_NODE_FLAGS holds is given to Node too: --cpu-prof --cpu-prof-dir=/tmp/profile. */
export async function startGateway(folder: string): Promise<GatewayProcess> {
  const entry = fileURLToPath(new URL("../../../src/cli/vitalwire.js", import.meta.url));
  const socket = join(folder, "control.sock");
  const flags = (process.env["BENCH_NODE_FLAGS"] ?? "").split(" ").filter((flag) => flag !== "");
  const command = [...flags, entry, "run", "--config", join(folder, "site.yaml"), "--socket", socket];
  const began = performance.now();
  const child = spawn(process.execPath, command, {
    cwd: folder,
    env: { ...process.env, NODE_ENV: "production", NODE_OPTIONS: await unitNodeOptions() },
    stdio: ["ignore", "pipe", "inherit"],
    detached: true, // Ctrl-C reaches the bench alone, which ends its parts in order
  });
  await ready(child);
  const startMs = performance.now() - began;
  const proc = (name: string): Promise<string> => readFile(`/proc/${child.pid}/${name}`, "utf8");
  return {
    startMs,
    async until(reached, everyMs = 20) {
      for (;;) {
        if (child.exitCode !== null) throw new Error(`the gateway ended with ${child.exitCode}`);
        for await (const row of ask(socket, { do: "status" })) {
          const status = row as GatewayStatus;
          if (reached(status)) return status;
        }
        await sleep(everyMs);
      }
    },
    async lastSettled(sink) {
      const times: number[] = [];
      for await (const row of ask(socket, { do: "deliveries", sink, limit: 500 })) {
        times.push(Date.parse((row as StoredDelivery).settledAt ?? ""));
      }
      return Math.max(...times);
    },
    async residentBytes() {
      return Number(/VmRSS:\s+(\d+) kB/.exec(await proc("status"))?.[1]) * 1024;
    },
    async cpuMs() {
      const stat = await proc("stat");
      // After the name in brackets: state is the first, utime and stime the 12th and 13th, in hundredths of a second.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return (Number(fields[11]) + Number(fields[12])) * 10;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** Resolves at the line that says that it is ready, and goes on reading what it says. */
function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the gateway did not start: it ended with ${code}`)));
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.includes('"event":"ready"')) resolve();
    });
  });
}

/** NODE_OPTIONS as the systemd unit sets them: what is measured is what is shipped. */
async function unitNodeOptions(): Promise<string> {
  const unit = await readFile(new URL("../../../../systemd/vitalwire.service", import.meta.url), "utf8");
  return /^Environment="NODE_OPTIONS=(.*)"$/m.exec(unit)?.[1] ?? "";
}
