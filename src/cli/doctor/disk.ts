import { access, constants, mkdtemp, open, readFile, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { bad, type Diagnosis, isMissing, ok, reason, warn } from "./diagnosis.ts";

const rounds = 32;
/** Kinds of file systems that forget everything at a power cut. */
const inMemory: Readonly<Record<number, string>> = { 16914836: "tmpfs", [0x858458f6]: "ramfs" };

/** Room in the state folder, how fast it syncs, and whether a sync there means anything. */
export async function diagnoseDisk(folder: string, needMegabytes: number): Promise<readonly Diagnosis[]> {
  try {
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    if (isMissing(error))
      return [
        warn("state folder", `${folder} is not there yet`, "The service makes it when it starts for the first time."),
      ];
    return [
      warn(
        "state folder",
        `${folder}: ${reason(error)}`,
        "Run this as the gateway's user: sudo -u vitalwire vitalwire doctor",
      ),
    ];
  }
  const { bavail, bsize, type } = await statfs(folder);
  const free = Math.floor((bavail * bsize) / 1_000_000);
  const room =
    free >= needMegabytes
      ? ok("disk space", `${free} MB free in ${folder}`)
      : warn(
          "disk space",
          `${free} MB free in ${folder}, the journal may take ${needMegabytes}`,
          "Free some, or lower journal.maxMegabytes.",
        );
  return [room, ...(await diagnoseSync(folder, type))];
}

async function diagnoseSync(folder: string, type: number): Promise<readonly Diagnosis[]> {
  const memory = inMemory[type];
  if (memory !== undefined) {
    const text = `${folder} is in memory (${memory}): a power cut loses every reading`;
    return [bad("durability", text, "Put “state” on a real disk.")];
  }
  const mount = await mountOf(folder);
  if (mount !== undefined && /(^|,)(nobarrier|barrier=0|eatmydata)(,|$)/.test(mount.options)) {
    const text = `${mount.point} is mounted with ${mount.options}: a sync does not reach the disk`;
    return [bad("durability", text, "Take nobarrier out of /etc/fstab.")];
  }
  const perSecond = await syncRate(folder);
  const found = `${perSecond} syncs a second in ${folder}`;
  if (perSecond < 20) return [warn("durability", found, "Each reading waits for one; use a faster card or disk.")];
  if (perSecond > 50_000)
    return [
      warn(
        "durability",
        `${found}: too fast for a disk that waits`,
        "Check that the disk, or the virtual machine's host, honours syncs.",
      ),
    ];
  return [ok("durability", found)];
}

/** Appends a page and syncs it, some times, as the journal does. */
async function syncRate(folder: string): Promise<number> {
  const scratch = await mkdtemp(join(folder, ".doctor-"));
  try {
    const file = await open(join(scratch, "sync"), "w", 0o600);
    try {
      const page = new Uint8Array(4096);
      const start = performance.now();
      for (let i = 0; i < rounds; i++) {
        await file.write(page);
        await file.datasync();
      }
      return Math.round((rounds * 1000) / Math.max(0.001, performance.now() - start));
    } finally {
      await file.close();
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The mount that a folder lies in: the longest mount point that it begins with. */
async function mountOf(folder: string): Promise<{ readonly point: string; readonly options: string } | undefined> {
  let text: string;
  try {
    text = await readFile("/proc/self/mounts", "utf8");
  } catch {
    return undefined;
  }
  return text
    .split("\n")
    .map((line) => line.split(" "))
    .map(([, point = "", , options = ""]) => ({ point, options }))
    .filter(({ point }) => point !== "" && (folder === point || folder.startsWith(point.replace(/\/?$/, "/"))))
    .sort((a, b) => b.point.length - a.point.length)[0];
}
