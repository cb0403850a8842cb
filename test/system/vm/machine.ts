import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Image } from "./image.ts";

export const emulator = "qemu-system-x86_64";

export interface Machine {
  /** What was written to the guest's first serial port, line by line. */
  readonly lines: readonly string[];
  /** What its kernel and its systemd said. */
  console(): Promise<string>;
  /** Resolves when the guest switched itself off or was killed: with why it was killed, if a limit was passed. */
  readonly ended: Promise<string>;
  /** Pulls its plug. */
  kill(): void;
  /** Forgets what it left behind; after it has ended. */
  remove(): Promise<void>;
}

/** How long a guest may run, and how long it may say nothing. After that it is killed. */
interface Limits {
  readonly wholeMs: number;
  readonly quietMs: number;
}

/**
 * Starts a machine with the image's disk as /dev/vda and, read-only, a second one as /dev/vdb. What the guest writes is
 * gone when it ends, and it ends with this process at the latest. Emulated in software: nested virtualisation is seldom there, and hangs the guest where it pretends to be.
 */
export async function boot(
  image: Image,
  second: string,
  limits: Limits,
  onLine: (line: string) => void = () => {},
): Promise<Machine> {
  const folder = await mkdtemp(join(tmpdir(), "vw-machine-"));
  const log = join(folder, "console");
  const child = spawn(
    "setpriv",
    [
      ...["--pdeathsig", "KILL", emulator],
      ...["-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "1024"],
      ...["-nodefaults", "-display", "none", "-no-reboot"],
      ...["-kernel", image.kernel, "-initrd", image.initrd],
      ...["-append", "root=/dev/vda rw console=ttyS1 quiet mitigations=off"],
      ...["-drive", `file=${image.disk},if=virtio,format=raw,snapshot=on`],
      ...["-drive", `file=${second},if=virtio,format=raw,snapshot=on`],
      ...["-serial", "stdio", "-serial", `file:${log}`],
    ],
    { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, TMPDIR: folder } },
  );
  const lines: string[] = [];
  let complaint = "";
  let passed = "";
  const kill = (): void => void child.kill("SIGKILL");
  const limit = (ms: number, what: string) =>
    setTimeout(() => {
      passed = `It was killed, for it ${what} ${ms / 1000} s.`;
      kill();
    }, ms);
  const whole = limit(limits.wholeMs, "ran for");
  let quiet = limit(limits.quietMs, "said nothing for");
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(line);
    clearTimeout(quiet);
    quiet = limit(limits.quietMs, "said nothing for");
    onLine(line);
  });
  child.stderr.on("data", (chunk: Buffer) => {
    complaint += chunk.toString("utf8");
  });
  const ended = once(child, "close").then(() => {
    clearTimeout(whole);
    clearTimeout(quiet);
    return passed;
  });
  return {
    lines,
    console: async () => complaint + (await readFile(log, "utf8").catch(() => "")),
    ended,
    kill,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
