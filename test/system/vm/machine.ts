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
  /** Resolves when the guest switched itself off or was killed. */
  readonly ended: Promise<void>;
  /** Pulls its plug. */
  kill(): void;
  /** Forgets what it left behind; after it has ended. */
  remove(): Promise<void>;
}

/**
 * Starts a machine with the image's disk as /dev/vda and, read-only, a second one as /dev/vdb. What the guest writes is
 * gone when it ends. Emulated in software: nested virtualisation is seldom there, and hangs the guest where it pretends to be.
 */
export async function boot(image: Image, second: string, onLine: (line: string) => void = () => {}): Promise<Machine> {
  const folder = await mkdtemp(join(tmpdir(), "vw-machine-"));
  const log = join(folder, "console");
  const child = spawn(
    emulator,
    [
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
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(line);
    onLine(line);
  });
  child.stderr.on("data", (chunk: Buffer) => {
    complaint += chunk.toString("utf8");
  });
  return {
    lines,
    console: async () => complaint + (await readFile(log, "utf8").catch(() => "")),
    ended: once(child, "close").then(() => undefined),
    kill: () => void child.kill("SIGKILL"),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
