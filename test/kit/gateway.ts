import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { stringify } from "yaml";
import type { z } from "zod";
import { type Asked, ask } from "../../src/cli/control-client.ts";
import type { siteSchema } from "../../src/config/site.ts";
import type { GatewayStatus } from "../../src/console/answers.ts";
import type { StoredDelivery, StoredEvent, StoredObservation } from "../../src/journal/journal.ts";
import { until } from "./until.ts";

const root = resolve(import.meta.dirname, "../..");
const program = join(root, "dist/src/cli/vitalwire.js");

/** A site as its operator writes it. */
export type SiteText = z.input<typeof siteSchema>;

/** One line of the service's log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly event: string };

/** The shipped service at work, as a process of its own. */
export interface GatewayProcess {
  readonly log: readonly LogLine[];
  /** All that it has written so far. */
  out(): string;
  err(): string;
  /** How it ended, if it did. */
  ended(): number | NodeJS.Signals | undefined;
  ask<Row>(request: Asked): Promise<Row[]>;
  status(): Promise<GatewayStatus>;
  readings(): Promise<StoredObservation[]>;
  deliveries(sink?: string): Promise<StoredDelivery[]>;
  events(): Promise<StoredEvent[]>;
  /** Waits until it answers, or has ended. */
  ready(): Promise<void>;
  /** SIGKILL, as a power cut would. */
  kill(): Promise<void>;
  /** SIGTERM, as systemd does; answers its exit code. */
  stop(): Promise<number | NodeJS.Signals | undefined>;
}

let built = false;

/** What ships, made of the present sources. Says nothing when it is there already. */
function build(): void {
  if (!built) execFileSync(join(root, "scripts/build"), { stdio: ["ignore", "ignore", "inherit"] });
  built = true;
}

/** A folder for one site. Its owner removes it. */
export const siteFolder = (): string => mkdtempSync(join(tmpdir(), "vw-site-"));

/** Writes the site's file. */
export function writeSite(folder: string, site: SiteText): void {
  writeFileSync(join(folder, "site.yaml"), stringify(site));
}

/** Starts the service in the folder of a site. It may not be ready yet: see `ready`. */
export function spawnGateway(folder: string, env: Readonly<Record<string, string>> = {}): GatewayProcess {
  build();
  const socket = join(folder, "control.sock");
  const child = spawn(process.execPath, [program, "run", "--config", join(folder, "site.yaml"), "--socket", socket], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"], ...env },
  });
  const closed = once(child, "close");
  const log: LogLine[] = [];
  let [out, err, ended] = ["", "", undefined as number | NodeJS.Signals | undefined];
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString("utf8");
  });
  createInterface({ input: child.stdout }).on("line", (line) => {
    // A line that a kill cut through is none.
    if (line.startsWith("{") && line.endsWith("}")) log.push(JSON.parse(line) as LogLine);
  });
  child.stderr.on("data", (chunk: Buffer) => {
    err += chunk.toString("utf8");
  });
  child.on("exit", (code, signal) => {
    ended = code ?? signal ?? undefined;
  });

  const collect = async <Row>(request: Asked): Promise<Row[]> => {
    const rows: Row[] = [];
    for await (const row of ask(socket, request)) rows.push(row as Row);
    return rows;
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (ended === undefined) child.kill(signal);
    await closed;
  };
  return {
    log,
    out: () => out,
    err: () => err,
    ended: () => ended,
    ask: collect,
    async status() {
      const [status] = await collect<GatewayStatus>({ do: "status" });
      if (status === undefined) throw new Error("the gateway told no status");
      return status;
    },
    readings: () => collect({ do: "readings", limit: 1000 }),
    deliveries: (sink) => collect({ do: "deliveries", limit: 1000, ...(sink === undefined ? {} : { sink }) }),
    events: () => collect({ do: "events", limit: 1000 }),
    ready: () => until(() => ended !== undefined || log.some(({ event }) => event === "ready")),
    kill: () => end("SIGKILL"),
    async stop() {
      await end("SIGTERM");
      return ended;
    },
  };
}

/** Runs another command of the shipped program to its end. */
export async function vitalwire(...args: readonly string[]): Promise<{ code: unknown; out: string; err: string }> {
  build();
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString("utf8");
  });
  child.stderr.on("data", (chunk: Buffer) => {
    err += chunk.toString("utf8");
  });
  const [code] = await once(child, "close");
  return { code, out, err };
}

/** Starts the service and waits until it is ready; a service that ends instead is a failure. */
export async function startGateway(folder: string, env?: Readonly<Record<string, string>>): Promise<GatewayProcess> {
  const gateway = spawnGateway(folder, env);
  await gateway.ready();
  if (gateway.ended() !== undefined) throw new Error(`the gateway ended (${gateway.ended()}): ${gateway.err()}`);
  return gateway;
}

/** Waits until a device of a running gateway is in this state, with this problem where one is given. */
export function untilDevice(gateway: GatewayProcess, device: string, state: string, code?: string): Promise<void> {
  return until(async () => {
    const { devices } = await gateway.status();
    const found = devices.find((one) => one.device === device);
    return found?.state === state && found.problem?.code === code;
  });
}

/** Whether nothing waits to be sent any more. */
export async function allSettled(gateway: GatewayProcess): Promise<boolean> {
  const { counts } = await gateway.status();
  return Object.values(counts.deliveries).every(({ queued = 0, sending = 0 }) => queued + sending === 0);
}

/** Removes a site's folder. */
export const removeSite = (folder: string): void => rmSync(folder, { recursive: true, force: true });
