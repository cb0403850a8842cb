import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A Debian that boots in the emulator: its disk, which is never written to, its kernel and its initial RAM disk. */
export interface Image {
  readonly disk: string;
  readonly kernel: string;
  readonly initrd: string;
}

const mirror = "http://deb.debian.org/debian";
const packages = [
  "systemd",
  "systemd-sysv",
  "udev",
  "kmod",
  "procps",
  "iproute2",
  "libudev1",
  "libusb-1.0-0",
  "linux-image-amd64",
  "initramfs-tools",
];

/** The second disk's label in the guest, where it is mounted, and the program on it that runs there. */
export const payload = { device: "/dev/vdb", folder: "/mnt/payload", program: "start" } as const;

/** What the guest has besides Debian: it runs the program of the second disk, with its output on ttyS0, and switches off. */
const files: Readonly<Record<string, string>> = {
  "etc/hostname": "clinic-box\n",
  "etc/fstab": `/dev/vda / ext4 defaults 0 0\n${payload.device} ${payload.folder} ext4 ro 0 0\n`,
  "etc/systemd/system/payload.service": `[Unit]
After=basic.target
RequiresMountsFor=${payload.folder}
SuccessAction=poweroff-immediate
FailureAction=poweroff-immediate

[Service]
Type=oneshot
ExecStart=/bin/sh ${payload.folder}/${payload.program}
StandardInput=null
StandardOutput=tty
StandardError=journal+console
TTYPath=/dev/ttyS0

[Install]
WantedBy=multi-user.target
`,
};

const wants = "etc/systemd/system/multi-user.target.wants";

/** Units that would hang up the line that the output goes through, or that only take time. */
const masked = [
  "serial-getty@ttyS0.service",
  "serial-getty@ttyS1.service",
  "getty@tty1.service",
  "apt-daily.timer",
  "apt-daily-upgrade.timer",
];

/** The initial RAM disk finds the disk and nothing else; with every driver in it, an emulated processor unpacks it for seconds. */
const initramfs = "MODULES=list\nCOMPRESS=gzip\n";
const initramfsModules = "virtio_pci\nvirtio_blk\ncrc32c_generic\next4\n";

/**
 * The image, from the cache or made now (about 100 seconds, network needed). Kept outside the checkout, under a name
 * that changes with what goes into it; what is tested is on another disk, so that this one outlives every change of it.
 */
export async function guestImage(suite: string): Promise<Image> {
  const all = JSON.stringify([mirror, suite, packages, files, masked, initramfs, initramfsModules]);
  const key = createHash("sha256").update(all).digest("hex").slice(0, 16);
  const cache = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "vitalwire-vm");
  const folder = join(cache, key);
  const image = {
    disk: join(folder, "disk.img"),
    kernel: join(folder, "vmlinuz"),
    initrd: join(folder, "initrd.img"),
  };
  if (existsSync(folder)) return image;

  const making = join(cache, `${key}.${process.pid}`);
  const tree = join(making, "tree");
  await mkdir(tree, { recursive: true });
  try {
    await debootstrap(["--variant=minbase", `--include=${packages.join(",")}`, suite, tree, mirror]);
    for (const [name, text] of Object.entries(files)) await put(join(tree, name), text);
    for (const unit of masked) await symlink("/dev/null", join(tree, "etc/systemd/system", unit));
    await mkdir(join(tree, wants), { recursive: true });
    await symlink("../payload.service", join(tree, wants, "payload.service"));
    await put(join(tree, "etc/initramfs-tools/conf.d/small"), initramfs);
    await put(join(tree, "etc/initramfs-tools/modules"), initramfsModules);
    await run("chroot", [tree, "update-initramfs", "-u"]);
    await mkdir(join(tree, payload.folder), { recursive: true });
    await copyFile(join(tree, "vmlinuz"), join(making, "vmlinuz"));
    await copyFile(join(tree, "initrd.img"), join(making, "initrd.img"));
    await rm(join(tree, "var/cache/apt"), { recursive: true, force: true });
    await diskOf(tree, join(making, "disk.img"), "3G");
    await rm(tree, { recursive: true, force: true });
    await rename(making, folder).catch(async (error: unknown) => {
      if (!existsSync(folder)) throw error; // another run was quicker
    });
  } finally {
    // Where it was stopped, the mounts are left that it works with.
    for (const mount of ["proc", "sys"]) await run("umount", ["--lazy", join(tree, mount)]).catch(() => {});
    await run("rm", ["-rf", "--one-file-system", making]);
  }
  return image;
}

/** Ninety where nothing else runs. */
const longestSeconds = 400;

/** Its last word is why it failed; without a network it may try for ever. */
async function debootstrap(args: readonly string[]): Promise<void> {
  try {
    await run("timeout", ["--kill-after=20", String(longestSeconds), "debootstrap", ...args], { maxBuffer: 2 ** 26 });
  } catch (error) {
    const { code, stdout = "", stderr = "" } = error as { code?: unknown; stdout?: string; stderr?: string };
    const last = `${stdout}\n${stderr}`.trim().split("\n").at(-1) ?? "";
    const took = code === 124 || code === 137 ? ` took longer than ${longestSeconds} s` : " failed";
    throw new Error(`debootstrap${took}: ${last}`, { cause: error });
  }
}

/** A disk with these files on it: an ext4 file system without a partition table. Takes no mount and no loop device. */
export async function diskOf(folder: string, disk: string, size: string): Promise<void> {
  await run("mke2fs", ["-q", "-t", "ext4", "-E", "root_owner=0:0", "-d", folder, disk, size]);
}

/** The Debian release that this machine is, such as `bookworm`; nothing where it is no Debian. */
export async function debianRelease(): Promise<string | undefined> {
  const text = await readFile("/etc/os-release", "utf8").catch(() => "");
  return /^ID=debian$/m.test(text) ? /^VERSION_CODENAME=(\w+)$/m.exec(text)?.[1] : undefined;
}

async function put(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
