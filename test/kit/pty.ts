import { type ChildProcess, spawn } from "node:child_process";
import { access, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "./until.ts";

/** A pseudo-terminal with the test at its other end, in the instrument's place. */
export interface PtyInstrument {
  readonly path: string;
  write(bytes: string | Uint8Array): void;
  /** All that the gateway has written so far, one Latin-1 character a byte. */
  received(): string;
  /** The instrument takes no bytes from now on, and then takes them again. */
  freeze(): void;
  thaw(): void;
  /** Pulls the plug: the port is gone, whoever has it open. */
  unplug(): Promise<void>;
}

/** Plugs an instrument in, under a name of its own or the one given. */
export async function ptyInstrument(path?: string): Promise<PtyInstrument> {
  const folder = await mkdtemp(join(tmpdir(), "vitalwire-pty-"));
  const link = path ?? join(folder, "tty");
  const socat = spawn("socat", [`pty,raw,echo=0,link=${link}`, "STDIO"], { stdio: ["pipe", "pipe", "ignore"] });
  socat.stdin.on("error", () => {});
  let received = "";
  socat.stdout.on("data", (bytes: Buffer) => {
    received += bytes.toString("latin1");
  });
  await until(() => exists(link));
  return {
    path: link,
    write: (bytes) => socat.stdin.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes),
    received: () => received,
    freeze: () => socat.kill("SIGSTOP"),
    thaw: () => socat.kill("SIGCONT"),
    unplug: () => end(socat, folder, [link]),
  };
}

/** Killed, socat leaves its links behind; a udev link would go. */
async function end(socat: ChildProcess, folder: string, names: readonly string[]): Promise<void> {
  if (socat.exitCode === null && socat.signalCode === null) {
    const gone = new Promise((resolve) => socat.once("exit", resolve));
    socat.kill("SIGKILL");
    await gone;
  }
  for (const name of names) await rm(name, { force: true });
  await rm(folder, { recursive: true, force: true });
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
