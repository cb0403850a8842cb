import { execFile } from "node:child_process";
import { copyFile, mkdir, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import ts from "typescript";
import { at } from "./guest/sockets.ts";
import { diskOf, payload } from "./image.ts";

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "../../..");
/** The program that runs in the guest. */
const program = fileURLToPath(new URL("./guest/main.ts", import.meta.url));
const guest = relative(root, dirname(program));
/** What the second disk's program does: the product and its Node, `installed` as scripts/install wrote it down, come to their places, and the guest's program starts. */
const startScript = (installed: string): string => `set -e
exec 2>&1
modprobe -a libcomposite usb_f_acm usb_f_hid cdc_acm usbhid
modprobe dummy_hcd num=${Object.keys(at).length}
mount -t configfs none /sys/kernel/config 2>/dev/null || true
mount --bind ${payload.folder}/root/opt /opt
cp -n ${payload.folder}/libraries/* /usr/lib/x86_64-linux-gnu/
if [ ! -e ${installed} ]; then mkdir -p ${dirname(installed)}; ln -s ${payload.folder}/node ${installed}; fi
status=0
${installed} ${payload.folder}/program/${guest}/main.js || status=$?
echo "# the guest's program ended with $status"
`;

/**
 * Makes the disk that the guest gets besides its image, in this folder: the product as scripts/install lays it out, this
 * Node, and the program that plays the instruments and checks. Answers the disk's file.
 */
export async function payloadDisk(folder: string): Promise<string> {
  const tree = join(folder, "payload");
  await mkdir(tree, { recursive: true });
  await run(join(root, "scripts/install"), ["--root", join(tree, "root")]);
  const here = await realpath(process.execPath);
  await copyFile(here, join(tree, "node"));
  // A Node of the distribution's has parts of itself in libraries; what the guest has of them stays as it is.
  await mkdir(join(tree, "libraries"));
  for (const library of await librariesOf(here)) await copyFile(library, join(tree, "libraries", basename(library)));
  const launcher = await readFile(join(tree, "root/opt/vitalwire/bin/vitalwire"), "utf8");
  const [, installed = ""] = /^exec "([^"]+)"/m.exec(launcher) ?? [];

  await mkdir(join(tree, "program", guest), { recursive: true });
  for (const file of await readdir(join(root, guest))) {
    const { outputText } = ts.transpileModule(await readFile(join(root, guest, file), "utf8"), {
      compilerOptions: {
        module: ts.ModuleKind.ESNext,
        target: ts.ScriptTarget.ES2023,
        verbatimModuleSyntax: true,
        rewriteRelativeImportExtensions: true,
      },
    });
    await writeFile(join(tree, "program", guest, file.replace(/\.ts$/, ".js")), outputText);
  }
  await writeFile(join(tree, "program/package.json"), '{"type":"module"}\n');
  await mkdir(join(tree, "scripts"));
  await copyFile(join(root, "scripts/install"), join(tree, "scripts/install"));
  await copyFile(join(root, "systemd/50-vitalwire-scanners.rules"), join(tree, "50-vitalwire-scanners.rules"));
  await writeFile(join(tree, payload.program), startScript(installed));

  const disk = join(folder, "payload.img");
  await diskOf(tree, disk, "1G");
  await rm(tree, { recursive: true, force: true });
  return disk;
}

/** The shared libraries that a program is loaded with. */
async function librariesOf(program: string): Promise<readonly string[]> {
  const { stdout } = await run("ldd", [program]);
  return [...stdout.matchAll(/=> (\/\S+)/g)].map(([, path = ""]) => path);
}
