import { randomBytes } from "node:crypto";
import { open, rename, rm, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * A file that holds disk space for the worst hour: SQLite needs room even to delete. When the disk is full it is given
 * up, so that what is queued can still be settled and removed while new readings are refused.
 */
export interface Ballast {
  /** Whether it is given up: the disk is full. */
  readonly released: boolean;
  /** Gives the space up. */
  release(): Promise<void>;
  /** Takes the space again, if there is twice as much free; answers whether it is held. */
  restore(): Promise<boolean>;
}

export async function openBallast(path: string, bytes: number): Promise<Ballast> {
  let released = true;

  async function restore(): Promise<boolean> {
    if (!released) return true;
    // As much again must stay free, or the next reading would only give it up once more.
    if ((await freeBytes(dirname(path))) < bytes * 2) return false;
    const next = `${path}.next`;
    try {
      await fill(next, bytes);
      await rename(next, path);
      released = false;
    } catch {
      await rm(next, { force: true });
    }
    return !released;
  }

  if ((await sizeOf(path)) === bytes) released = false;
  else await restore();

  return {
    get released() {
      return released;
    },
    async release() {
      released = true;
      await rm(path, { force: true });
    },
    restore,
  };
}

/** What an ordinary user may still write to the file system of this folder. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}

/** Real blocks: a file of zeros may be stored as a hole or squeezed to nothing, and would hold no space. */
async function fill(path: string, bytes: number): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    const block = randomBytes(Math.min(bytes, 1 << 20));
    for (let written = 0; written < bytes; written += block.length) {
      await file.write(block, 0, Math.min(block.length, bytes - written));
    }
    await file.sync();
  } finally {
    await file.close();
  }
}
