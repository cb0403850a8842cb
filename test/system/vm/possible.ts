import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { debianRelease } from "./image.ts";
import { emulator } from "./machine.ts";

/** The Debian release for the guest, or why this machine can run none. */
export async function possibility(): Promise<{ readonly release: string } | { readonly why: string }> {
  if (process.getuid?.() !== 0) return { why: "making its image takes root" };
  if (process.arch !== "x64") return { why: `it is an x64 machine, and this Node is for ${process.arch}` };
  const release = await debianRelease();
  if (release === undefined) return { why: "this machine is no Debian" };
  for (const program of [emulator, "debootstrap", "mke2fs"]) {
    const there = await promisify(execFile)(program, ["--version"]).then(
      () => true,
      (error: { code?: unknown }) => error.code !== "ENOENT",
    );
    if (!there) return { why: `${program} is not installed (apt-get install qemu-system-x86 debootstrap e2fsprogs)` };
  }
  return { release };
}
