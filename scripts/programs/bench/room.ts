import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { openPty, type Pty } from "../../../src/cli/simulate/pty.ts";
import { type Broker, startBroker } from "./broker.ts";
import { type Clinic, startClinic } from "./clinic.ts";
import { type GatewayProcess, startGateway } from "./gateway.ts";
import { interrupted } from "./interrupt.ts";

/** What a figure is measured in: an exam room with a scanner and scales on ptys, a receiver and a broker. */
export interface RoomPlan {
  /** Scales beside the scanner, each on a pty of its own. */
  readonly scales: number;
  readonly sinks: readonly ("hl7" | "mqtt")[];
  /** A glucose meter too, whose cable is not in yet. */
  readonly meter?: true;
}

export interface Room {
  readonly clinic: Clinic;
  readonly broker: Broker;
  readonly hl7Port: number;
  /** Where the meter's port will be. */
  readonly meterPath: string;
  /** Starts the gateway, or starts it again; it has opened all its devices then. */
  start(): Promise<GatewayProcess>;
  /** Scans the wristband, and waits until the room is the patient's. */
  scan(gateway: GatewayProcess): Promise<void>;
  /** The numbered scale writes, counted from 0. */
  write(scale: number, text: string): void;
}

const wristband = "]C0P00123456";

/** Builds the room, uses it, and takes all of it away again, whatever happens. */
export async function inRoom<T>({ scales, sinks, meter }: RoomPlan, use: (room: Room) => Promise<T>): Promise<T> {
  const closing: (() => unknown)[] = [];
  try {
    const folder = await mkdtemp(join(tmpdir(), "vitalwire-bench-"));
    closing.push(() => rm(folder, { recursive: true, force: true }));
    const [hl7Port, mqttPort] = [await freePort(), await freePort()];
    const clinic = startClinic();
    closing.push(() => clinic.close());
    const broker = await startBroker(folder, mqttPort);
    closing.push(() => broker.close());
    const open = async (name: string): Promise<Pty> => {
      const pty = await openPty(join(folder, "ports", name));
      closing.push(() => pty.close());
      return pty;
    };
    await mkdir(join(folder, "ports"));
    const scanner = await open("scanner");
    const names = Array.from({ length: scales }, (_, i) => `scale-${i}`);
    const ptys = await Promise.all(names.map(open));
    const { devices, ...others } = site(folder, names, sinks, hl7Port, mqttPort);
    const meterPath = join(folder, "ports", "meter");
    const cable = { id: "meter", place: "room", profile: "onetouch-ultra2", link: { serial: { path: meterPath } } };
    const all = { ...others, devices: meter ? [...devices, cable] : devices };
    await writeFile(join(folder, "site.yaml"), stringify(all));

    const used = use({
      clinic,
      broker,
      hl7Port,
      meterPath,
      async start() {
        const gateway = await startGateway(folder);
        closing.push(() => gateway.stop());
        await gateway.until(({ devices }) => devices.filter(({ state }) => state === "ready").length === scales + 1);
        return gateway;
      },
      async scan(gateway) {
        scanner.stream.write(`${wristband}\r\n`);
        await gateway.until(({ places }) => places.some(({ open }) => open));
      },
      write: (scale, text) => void ptys[scale]?.stream.write(text),
    });
    return await Promise.race([used, interrupted]);
  } finally {
    for (const step of closing.reverse()) await step();
  }
}

/** The readings of a burst, each another weight: `1.001` kg and so on. */
export function weights(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => (1 + (i + 1) / 1000).toFixed(3));
}

/** A reading as the scale writes it: the A&D standard format. */
export function line(weight: string): string {
  return `ST,+${weight.padStart(9, "0")}  kg\r\n`;
}

export function lines(weights: readonly string[]): string {
  return weights.map(line).join("");
}

function site(folder: string, scales: readonly string[], sinks: RoomPlan["sinks"], hl7Port: number, mqttPort: number) {
  const serial = (name: string) => ({
    path: join(folder, "ports", name),
    baudRate: 115_200,
    dataBits: 8,
    parity: "none",
  });
  const destinations = {
    hl7: { id: "ehr", hl7: { host: "127.0.0.1", port: hl7Port, insecure: true } },
    mqtt: { id: "bus", mqtt: { url: `mqtt://127.0.0.1:${mqttPort}`, insecure: true } },
  };
  return {
    site: "bench",
    gateway: "bench",
    timezone: "Europe/Zurich",
    state: join(folder, "state"),
    // A machine for measuring may have no time service.
    clock: { holdUnsynchronised: false },
    places: [{ id: "room", kind: "exam-room", unverified: "allow", barcodes: [{ means: "patient", prefix: "P" }] }],
    devices: [
      { id: "scanner", place: "room", profile: "generic-serial-scanner", link: { serial: serial("scanner") } },
      ...scales.map((id) => ({ id, place: "room", profile: "and-standard", link: { serial: serial(id) } })),
    ],
    sinks: sinks.map((sink) => destinations[sink]),
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const at = server.address();
  server.close();
  await once(server, "close");
  return typeof at === "object" && at !== null ? at.port : 0;
}
