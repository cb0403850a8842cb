import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ask } from "../../../src/cli/control-client.ts";
import { createOutput } from "../../../src/cli/output.ts";
import { type Clinic, openClinic } from "./clinic.ts";
import { type Instruments, openInstruments } from "./instruments.ts";
import { liveTable } from "./table.ts";
import { compare, expected, visit } from "./visit.ts";
import { type GatewayWatch, watchGateway } from "./watch.ts";

const help = `A demo room and bench: simulated instruments on real ptys, the gateway, and a clinic receiver.

Usage: scripts/demo [--once] [--json]

  --once   plays one visit, compares what the receivers hold with what was measured, and exits 0 only if all of it
           arrived, each once, under the right patient, over HL7 and over MQTT
  --json   with --once: the comparison as one JSON object a line

Without --once it goes on, visit after visit, until Ctrl-C.
`;

const zone = "Europe/Zurich";
const values = given();
if (values.help) {
  process.stdout.write(help);
} else {
  process.exitCode = await demo();
}

function given(): { readonly once?: boolean; readonly json?: boolean; readonly help?: boolean } {
  try {
    const options = { once: { type: "boolean" }, json: { type: "boolean" }, help: { type: "boolean" } } as const;
    return parseArgs({ options }).values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${help}`);
    process.exit(2);
  }
}

async function demo(): Promise<number> {
  const streams = { out: process.stdout, err: process.stderr, env: process.env };
  const terminals = { outIsTerminal: process.stdout.isTTY === true, errIsTerminal: process.stderr.isTTY === true };
  const output = createOutput({ ...streams, ...terminals }, values.json === true);
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop.abort());

  const folder = await mkdtemp(join(tmpdir(), "vitalwire-demo-"));
  const closing: (() => unknown)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    const [hl7Port, mqttPort, analyzerPort] = [await freePort(), await freePort(), await freePort()];
    const config = await writeConfig(folder, hl7Port, mqttPort, analyzerPort);
    const socket = join(folder, "control.sock");
    const clinic = await openClinic(hl7Port, mqttPort);
    closing.push(() => clinic.close());
    closing.push(await startGateway(config, socket, stop));
    const instruments = await openInstruments(folder, analyzerPort, zone);
    closing.push(() => instruments.close());
    const watch = watchGateway(socket, stop.signal);
    await watch.devicesReady(4);
    return values.once ? await once_(instruments, clinic, watch) : await forever(instruments, clinic, socket, watch);
  } catch (error) {
    if (stop.signal.aborted) return 0;
    output.note(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return 1;
  } finally {
    output.progress("");
    for (const step of closing.reverse()) await step();
  }

  async function once_(instruments: Instruments, clinic: Clinic, watch: GatewayWatch): Promise<number> {
    const started = performance.now();
    await visit(instruments, watch, (step) => output.progress(`measuring: ${step} …`));
    await watch.delivered();
    const rows = compare(clinic.held);
    output.list(
      [
        { head: "whose", cell: (r) => r.whose },
        { head: "code", cell: (r) => r.code },
        { head: "value", cell: (r) => `${r.value} ${r.unit}`, align: "right" },
        { head: "over hl7", cell: (r) => r.hl7, align: "right" },
        { head: "over mqtt", cell: (r) => r.mqtt, align: "right" },
        { head: "", cell: (r) => r.verdict, tone: (r) => (r.ok ? "good" : "bad") },
      ],
      rows,
    );
    const right = rows.filter((r) => r.ok).length;
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    output.say(`${right} of ${expected.length} expected observations arrived once over each way, in ${seconds} s.`);
    return right === expected.length && rows.length === expected.length ? 0 : 1;
  }

  async function forever(
    instruments: Instruments,
    clinic: Clinic,
    socket: string,
    watch: GatewayWatch,
  ): Promise<number> {
    const table = liveTable(output, socket, clinic, stop.signal);
    try {
      while (!stop.signal.aborted) {
        watch.nextVisit();
        await visit(instruments, watch, table.step);
        table.step("waiting for the next patient");
        await sleep(5000, undefined, { signal: stop.signal });
      }
    } finally {
      await table.close();
    }
    return 0;
  }
}

async function writeConfig(folder: string, hl7: number, mqtt: number, analyzer: number): Promise<string> {
  const shipped = await readFile(fileURLToPath(new URL("../../../../config/demo.yaml", import.meta.url)), "utf8");
  const path = join(folder, "site.yaml");
  const text = shipped
    .replaceAll("/tmp/vitalwire-demo", folder)
    .replaceAll("12575", String(hl7))
    .replaceAll("11883", String(mqtt))
    .replaceAll("14001", String(analyzer));
  await writeFile(path, text);
  return path;
}

/** Starts the shipped service as its own process, and answers once its control socket does; the result ends it. */
async function startGateway(config: string, socket: string, stop: AbortController): Promise<() => Promise<void>> {
  const entry = fileURLToPath(new URL("../../../src/cli/vitalwire.js", import.meta.url));
  const child = spawn(process.execPath, [entry, "run", "--config", config, "--socket", socket], {
    stdio: ["ignore", "ignore", "inherit"],
    detached: true, // Ctrl-C reaches the demo alone, which ends its parts in order
  });
  const ended = once(child, "exit");
  child.on("exit", (code) => {
    if (!stop.signal.aborted && code !== 0) stop.abort(new Error(`the gateway ended with ${code}`));
  });
  for (;;) {
    try {
      for await (const _ of ask(socket, { do: "status" })) break;
      break;
    } catch {
      if (child.exitCode !== null) throw new Error(`The gateway did not start (exit ${child.exitCode}).`);
      await sleep(30);
    }
  }
  return async () => {
    child.kill("SIGTERM");
    await ended;
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const at = server.address();
  server.close();
  await once(server, "close");
  return typeof at === "object" && at !== null ? at.port : 0;
}
