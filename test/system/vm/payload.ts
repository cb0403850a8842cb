import { execFile } from "node:child_process";
import { copyFile, mkdir, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import ts from "typescript";
import { diskOf, payload } from "./image.ts";

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "../../..");
/** The program that runs in the guest. */
const program = fileURLToPath(new URL("./guest/main.ts", import.meta.url));
const guest = relative(root, dirname(program));
const launcher = "opt/vitalwire/bin/vitalwire";
const node = "/usr/bin/node";

/** What the second disk's program does: the files go where scripts/install put them, and the guest's program starts. */
const start = `set -e
exec 2>&1
modprobe -a libcomposite usb_f_acm usb_f_hid cdc_acm usbhid
modprobe dummy_hcd num=7
mount -t configfs none /sys/kernel/config 2>/dev/null || true
mount --bind ${payload.folder}/root/opt /opt
cp -a ${payload.folder}/root/etc/. /etc/
cp -a ${payload.folder}/root/usr/local/. /usr/local/
ln -s ${payload.folder}/node ${node}
exec ${node} ${payload.folder}/program/${guest}/main.js
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
  // The one thing that is not as installed: this Node may lie in a folder that the unit hides from the service.
  const script = join(tree, "root", launcher);
  await writeFile(script, (await readFile(script, "utf8")).replace(/^exec "[^"]+"/m, `exec "${node}"`));

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
  // It asks the service with the product's own client.
  await run("ln", ["-s", "/opt/vitalwire/dist/src", join(tree, "program/src")]);
  await writeFile(join(tree, "program/package.json"), '{"type":"module"}\n');
  await copyFile(join(root, "systemd/50-vitalwire-scanners.rules"), join(tree, "50-vitalwire-scanners.rules"));
  await writeFile(join(tree, payload.program), start);

  const disk = join(folder, "payload.img");
  await diskOf(tree, disk, "1G");
  await rm(tree, { recursive: true, force: true });
  return disk;
}
