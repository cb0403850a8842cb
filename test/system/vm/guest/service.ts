import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { GatewayStatus } from "../../../../src/console/answers.ts";
import type { DeviceStatus } from "../../../../src/devices/device.ts";
import type { StoredObservation } from "../../../../src/journal/journal.ts";
import type { SiteText } from "../../../kit/gateway.ts";
import { askService } from "./control.ts";

const dropIn = "/run/systemd/system/vitalwire.service.d";
const disk = "/mnt/payload";
const scannerRules = "50-vitalwire-scanners.rules";

/** What hangs longer than this hangs for good: emulated or not, no program here does so much. */
const longestMs = 280_000;

/** A program run to its end; its output. */
export const run = (program: string, ...args: readonly string[]): string =>
  execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], timeout: longestMs });

/** What scripts/install does on a box: its files, then its second part, which is run as it ships. The site's own settings between. */
export function install(site: SiteText): void {
  run("cp", "-a", `${disk}/root/etc/.`, "/etc/");
  run("cp", "-a", `${disk}/root/usr/local/.`, "/usr/local/");
  writeSite("/etc/vitalwire/site.yaml", site);
  // Something is plugged in meanwhile, and so udev has the rules read before there is a group vitalwire.
  run("udevadm", "trigger", "--action=change", "--sysname-match=ttyACM0");
  run("udevadm", "settle", "--timeout=120");
  // An emulated processor beside other work takes its time; what the watchdog does stays as it was installed.
  mkdirSync(dropIn, { recursive: true });
  writeFileSync(
    join(dropIn, "emulated.conf"),
    "[Service]\nTimeoutStartSec=270\nTimeoutStopSec=90\nTimeoutAbortSec=20\n",
  );
  run(`${disk}/scripts/install`, "--activate");
}

/**
 * How long the running service may leave the watchdog unfed: 30 s as installed. An emulated processor beside much other
 * work may need more. Said to systemd as the service itself would, from its control group; it lasts until the next start.
 */
export function watchdogSeconds(seconds: number): void {
  const join = "echo $$ >/sys/fs/cgroup/system.slice/vitalwire.service/cgroup.procs";
  run(
    "sh",
    "-c",
    `${join}; NOTIFY_SOCKET=/run/systemd/notify exec systemd-notify WATCHDOG_USEC=${seconds * 1_000_000}`,
  );
}

/** Names a kind of keyboard scanner to udev, as the rules' file says: a line without its #, and the two commands. */
export function nameScanner({ vendor, product }: { readonly vendor: string; readonly product: string }): void {
  const wanted = `ATTRS{idVendor}=="${vendor}", ATTRS{idProduct}=="${product}"`;
  const lines = readFileSync(`${disk}/${scannerRules}`, "utf8").split("\n");
  const rules = lines.map((line) => (line.startsWith("#") && line.includes(wanted) ? line.slice(1) : line));
  writeFileSync(`/etc/udev/rules.d/${scannerRules}`, rules.join("\n"));
  run("udevadm", "control", "--reload");
  run("udevadm", "trigger", "--subsystem-match=input");
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
  const { stdout, stderr, status } = spawnSync("/usr/local/bin/vitalwire", [...args, "--json"], {
    encoding: "utf8",
    timeout: longestMs,
  });
  if (status !== 0 && status !== 1) throw new Error(`vitalwire ${args.join(" ")}: ${status} ${stderr}`);
  return stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

export async function status(): Promise<GatewayStatus> {
  const [row] = await askService<GatewayStatus>({ do: "status" });
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
  return (await askService<StoredObservation>({ do: "readings", limit: 1000 })).map(wordsOf);
}

export function wordsOf({ observation: { device: by, value, binding } }: StoredObservation): string {
  const measured = value.kind === "quantity" ? `${value.text} ${value.unit}` : JSON.stringify(value);
  const whose = binding?.subject.kind === "patient" ? binding.subject.patient.id : "nobody";
  return `${by.device} ${by.place} ${measured} ${whose}`;
}

/** The end of the service's log, which has no patient's value in it. */
export const log = (): string => run("journalctl", "--unit=vitalwire", "--lines=25", "--output=cat", "--no-pager");
