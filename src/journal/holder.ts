import { readdir, readFile, stat } from "node:fs/promises";
import { basename } from "node:path";

/**
 * Says in words which process has the journal, or how to find it where this user is not shown. Names the process by
 * its number and its program alone: what else it was called with may be about a patient.
 */
export async function holderWords(path: string): Promise<string> {
  const pids = await holders(path).catch((): readonly number[] => []);
  const named = await Promise.all(pids.map(async (pid) => `process ${pid}${await programWords(pid)}`));
  if (named.length > 0) return `${path} is in use by ${named.join(" and ")}.`;
  return `${path} is in use by a process that is not shown here. “sudo fuser -v ${path}” names it.`;
}

/** The processes that hold a lock of the file, where it can be told for certain that it is this file. */
async function holders(path: string): Promise<readonly number[]> {
  const file = await stat(path, { bigint: true });
  const device = deviceWords(file.dev);
  const held = lockHolders(await readFile("/proc/locks", "utf8")).filter(({ inode }) => inode === file.ino);
  const pids = new Set<number>();
  // File systems in layers give their locks another device number than their files.
  for (const lock of held) if (lock.device === device || (await hasOpen(lock.pid, file))) pids.add(lock.pid);
  return [...pids];
}

export interface LockHolder {
  readonly pid: number;
  /** Major and minor number in hexadecimal, as the kernel writes them: `fe:00`. */
  readonly device: string;
  readonly inode: bigint;
}

/** The holders of POSIX locks, which SQLite takes, in the kernel's list (proc(5), /proc/locks); not those that wait. */
export function lockHolders(locks: string): readonly LockHolder[] {
  return [...locks.matchAll(/^\d+: POSIX +\w+ +\w+ +(\d+) ([0-9a-f]+:[0-9a-f]+):(\d+) /gm)].map(
    ([, pid, device = "", inode = "0"]) => ({ pid: Number(pid), device, inode: BigInt(inode) }),
  );
}

/** A device number as in /proc/locks. How it is made up: makedev(3). */
function deviceWords(dev: bigint): string {
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn);
  const minor = (dev & 0xffn) | ((dev >> 12n) & 0xffffff00n);
  return [major, minor].map((n) => n.toString(16).padStart(2, "0")).join(":");
}

async function hasOpen(pid: number, file: { readonly dev: bigint; readonly ino: bigint }): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  for (const fd of await readdir(folder).catch(() => [])) {
    const open = await stat(`${folder}/${fd}`, { bigint: true }).catch(() => undefined);
    if (open?.ino === file.ino && open.dev === file.dev) return true;
  }
  return false;
}

/** ` (node /opt/vitalwire/dist/src/cli/vitalwire.js)`; nothing where it is not shown. */
async function programWords(pid: number): Promise<string> {
  const [program, ...words] = await readFile(`/proc/${pid}/cmdline`, "utf8").then(
    (line) => line.split("\0"),
    () => [],
  );
  if (program === undefined || program === "") return "";
  const script = basename(program) === "node" ? words.find((word) => /\.[cm]?[jt]s$/.test(word)) : undefined;
  return ` (${script === undefined ? program : `${program} ${script}`})`;
}
