import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Asked, ask } from "../../../../src/cli/control-client.ts";
import type { GatewayStatus } from "../../../../src/console/answers.ts";
import type { DeviceStatus } from "../../../../src/devices/device.ts";
import type { StoredObservation } from "../../../../src/journal/journal.ts";
import type { SiteText } from "../../../kit/gateway.ts";

const socket = "/run/vitalwire/control.sock";
const dropIn = "/run/systemd/system/vitalwire.service.d";
const scannerRules = "50-vitalwire-scanners.rules";

/** A program run to its end; its output. */
export const run = (program: string, ...args: readonly string[]): string =>
  execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

/** The part of scripts/install that comes after the files are in their places, and the site's own settings. */
export function install(site: SiteText, scanner: { readonly vendor: string; readonly product: string }): void {
  run("systemd-sysusers", "/etc/sysusers.d/vitalwire.conf");
  writeSite("/etc/vitalwire/site.yaml", site);
  run("chgrp", "-R", "vitalwire", "/etc/vitalwire");
  chmodSync("/etc/vitalwire", 0o750);
  // As that file says: the line of this kind of scanner, without its #.
  const wanted = `ATTRS{idVendor}=="${scanner.vendor}", ATTRS{idProduct}=="${scanner.product}"`;
  const lines = readFileSync(`/mnt/payload/${scannerRules}`, "utf8").split("\n");
  const rules = lines.map((line) => (line.startsWith("#") && line.includes(wanted) ? line.slice(1) : line));
  writeFileSync(`/etc/udev/rules.d/${scannerRules}`, rules.join("\n"));
  // An emulated processor beside other work takes its time; the watchdog stays as it was installed.
  mkdirSync(dropIn, { recursive: true });
  writeFileSync(join(dropIn, "emulated.conf"), "[Service]\nTimeoutStartSec=300\n");
  run("udevadm", "control", "--reload");
  run("systemctl", "daemon-reload");
  run("systemctl", "enable", "--quiet", "vitalwire.service");
}

/** A site's file, JSON being YAML. */
export function writeSite(file: string, site: SiteText): void {
  writeFileSync(file, JSON.stringify(site, undefined, 2), { mode: 0o640 });
}

/** What systemd says of the service. */
export function unit(): Readonly<Record<string, string>> {
  const keys = "ActiveState,SubState,Type,User,MainPID,NRestarts,WatchdogUSec,StatusText,Result";
  const text = run("systemctl", "show", "vitalwire.service", `--property=${keys}`);
  return Object.fromEntries(
    text.split("\n").flatMap((line) => [...line.matchAll(/^(\w+)=(.*)$/g)].map((m) => m.slice(1, 3))),
  );
}

/** The installed command, with `--json`: its rows. It may end with 1, for something that it found. */
export function vitalwire(...args: readonly string[]): readonly Readonly<Record<string, unknown>>[] {
  const { stdout, stderr, status } = spawnSync("/usr/local/bin/vitalwire", [...args, "--json"], { encoding: "utf8" });
  if (status !== 0 && status !== 1) throw new Error(`vitalwire ${args.join(" ")}: ${status} ${stderr}`);
  return stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

export async function status(): Promise<GatewayStatus> {
  const [row] = await rows<GatewayStatus>({ do: "status" });
  if (row === undefined) throw new Error("the service tells no status");
  return row;
}

export async function device(id: string): Promise<DeviceStatus | undefined> {
  return (await status()).devices.find((one) => one.device === id);
}

/** Whose turn it is at a place: the patient's identifier, if one was scanned. */
export async function patientAt(place: string): Promise<string | undefined> {
  const found = (await status()).places.find((one) => one.place === place);
  return found?.subject?.kind === "patient" ? found.subject.patient.id : undefined;
}

/** All readings, in their order, each as `device place value unit whose`. */
export async function readings(): Promise<readonly string[]> {
  return (await rows<StoredObservation>({ do: "readings", limit: 1000 })).map(wordsOf);
}

export function wordsOf({ observation: { device: by, value, binding } }: StoredObservation): string {
  const measured = value.kind === "quantity" ? `${value.text} ${value.unit}` : JSON.stringify(value);
  const whose = binding?.subject.kind === "patient" ? binding.subject.patient.id : "nobody";
  return `${by.device} ${by.place} ${measured} ${whose}`;
}

async function rows<Row>(request: Asked): Promise<Row[]> {
  const found: Row[] = [];
  for await (const row of ask(socket, request)) found.push(row as Row);
  return found;
}
