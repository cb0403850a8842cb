import { execFile, execFileSync, spawnSync } from "node:child_process";
import { constants } from "node:fs";
import {
  copyFile,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const run = promisify(execFile);
let root = "";

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "vw-stage-"));
  await run("scripts/install", ["--root", root]);
  // The units that it depends on, so that systemd finds in this root all that it finds on a box.
  await mkdir(join(root, "usr/lib/systemd"), { recursive: true });
  await cp("/usr/lib/systemd/system", join(root, "usr/lib/systemd/system"), {
    recursive: true,
    verbatimSymlinks: true,
  });
  await symlink("usr/lib", join(root, "lib"));
}, 300_000);

const closing: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const step of closing) await step();
  await rm(root, { recursive: true, force: true });
});

const scanners = "etc/udev/rules.d/50-vitalwire-scanners.rules";

const verify = () =>
  spawnSync("systemd-analyze", ["verify", `--root=${root}`, "vitalwire.service"], { encoding: "utf8" });

describe("the unit", () => {
  test("as it was installed is in order for systemd", () => {
    expect(verify()).toMatchObject({ status: 0, stderr: "" });
  });

  test("is not in order without the program that it starts", async () => {
    const program = join(root, "opt/vitalwire/bin/vitalwire");
    const text = await readFile(program);
    await rm(program);
    try {
      expect(verify().stderr).toContain("is not executable");
    } finally {
      await writeFile(program, text, { mode: 0o755 });
    }
  });

  test("is exposed no more than 1.6 on systemd's scale", () => {
    const out = execFileSync(
      "systemd-analyze",
      ["security", "--offline=true", "--threshold=16", "--no-pager", "systemd/vitalwire.service"],
      { encoding: "utf8" },
    );
    expect(Number(/exposure level for vitalwire\.service: ([\d.]+)/.exec(out)?.[1])).toBeLessThanOrEqual(1.6);
  });

  test("opens serial ports, HID devices and USB devices and nothing else", async () => {
    const unit = await readFile("systemd/vitalwire.service", "utf8");
    expect(unit).toMatch(/^DevicePolicy=closed$/m);
    expect([...unit.matchAll(/^DeviceAllow=char-(\w+) rw$/gm)].map((m) => m[1])).toEqual([
      "ttyUSB",
      "ttyACM",
      "ttyS",
      "ttyAMA",
      "hidraw",
      "usb_device",
    ]);
    expect(unit).not.toMatch(/^MemoryDenyWriteExecute/m);
  });
});

describe("what was installed", () => {
  test("has what its README and the drivers' lead to, but for the program's text", async () => {
    const app = join(root, "opt/vitalwire");
    const readme = await readFile(join(app, "README.md"), "utf8");
    const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map(([, link = ""]) => link);
    const written = links.filter((link) => !link.startsWith("src/"));
    expect(written.filter((link) => link.startsWith("drivers/")).length).toBeGreaterThan(40);
    for (const link of written) await stat(join(app, link));
  });

  test("runs with the product's packages alone", async () => {
    const program = join(root, "opt/vitalwire/dist/src/cli/vitalwire.js");
    const env = { ...process.env, NODE_OPTIONS: await nodeOptions() };
    const { stdout } = await run(process.execPath, [program, "check", join(root, "etc/vitalwire/example.yaml")], {
      env,
    });
    expect(stdout).toMatch(/^ok /m);
    await expect(stat(join(root, "opt/vitalwire/node_modules/vitest"))).rejects.toThrow("ENOENT");
  });

  test("has the command on the path", async () => {
    expect(await readlink(join(root, "usr/local/bin/vitalwire"))).toBe("/opt/vitalwire/bin/vitalwire");
    const launcher = await readFile(join(root, "opt/vitalwire/bin/vitalwire"), "utf8");
    expect(launcher).toMatch(/^#!\/bin\/sh\nexec "\/.*node" \/opt\/vitalwire\/dist\/src\/cli\/vitalwire\.js "\$@"\n$/);
  });

  test("has the list of keyboard scanners, empty until the site fills it", async () => {
    const list = await readFile(join(root, scanners), "utf8");
    expect(list).toBe(await readFile("systemd/50-vitalwire-scanners.rules", "utf8"));
  });

  test("brings a Node along that lies where the unit lets the service see nothing", async () => {
    const home = await mkdtemp("/tmp/vw-node-");
    const staged = join(home, "root");
    try {
      await copyFile(process.execPath, join(home, "node"), constants.COPYFILE_FICLONE);
      const env = { ...process.env, PATH: `${home}:${process.env["PATH"]}` };
      await run("scripts/install", ["--root", staged], { env });
      expect(await readFile(join(staged, "opt/vitalwire/bin/vitalwire"), "utf8")).toContain(
        'exec "/opt/vitalwire/bin/node" ',
      );
      expect((await stat(join(staged, "opt/vitalwire/bin/node"))).mode & 0o777).toBe(0o755);
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  }, 300_000);

  test("leaves a configuration that is there as it is, on each further run and on removal", async () => {
    const site = join(root, "etc/vitalwire/site.yaml");
    await writeFile(site, "# the operator's\n");
    await writeFile(join(root, scanners), "# the site's scanners\n");
    await run("scripts/install", ["--root", root]);
    expect(await readFile(site, "utf8")).toBe("# the operator's\n");
    expect(await readFile(join(root, scanners), "utf8")).toBe("# the site's scanners\n");
    expect(verify().status).toBe(0);

    await run("scripts/install", ["--root", root, "--uninstall"]);
    expect(await readFile(site, "utf8")).toBe("# the operator's\n");
    expect(await readFile(join(root, scanners), "utf8")).toBe("# the site's scanners\n");
    for (const gone of [
      "opt/vitalwire",
      "etc/systemd/system/vitalwire.service",
      "etc/udev/rules.d/60-vitalwire.rules",
      "usr/local/bin/vitalwire",
    ])
      await expect(lstat(join(root, gone))).rejects.toThrow("ENOENT");
  }, 300_000);
});

/** The options of Node that the unit sets. */
async function nodeOptions(): Promise<string> {
  const unit = await readFile("systemd/vitalwire.service", "utf8");
  const options = /^Environment="NODE_OPTIONS=(.*)"$/m.exec(unit)?.[1];
  if (options === undefined) throw new Error("the unit sets no NODE_OPTIONS");
  return options;
}

describe("the udev rules", () => {
  test("jump only to labels that come after", async () => {
    const lines = (await readFile("systemd/60-vitalwire.rules", "utf8")).split("\n");
    const label = (name: string): number => lines.indexOf(`LABEL="${name}"`);
    const jumps = lines.flatMap((line, i) => [...line.matchAll(/GOTO="(\w+)"/g)].map((m) => ({ i, to: m[1] ?? "" })));
    expect(jumps.length).toBeGreaterThan(0);
    for (const { i, to } of jumps) expect(label(to), to).toBeGreaterThan(i);
  });

  test("use keys and operators of udev alone", async () => {
    const rules = (await readFile("systemd/60-vitalwire.rules", "utf8"))
      .split("\n")
      .filter((l) => l !== "" && !l.startsWith("#"));
    const part =
      /^(ACTION|SUBSYSTEM|SUBSYSTEMS|KERNEL|DRIVER|ENV\{[\w.]+\}|ATTRS?\{[\w./]+\}|IMPORT\{builtin\}|GROUP|MODE|TAG|SYMLINK|LABEL|GOTO)(==|!=|\+=|=)"[^"]*"$/;
    for (const rule of rules) for (const each of rule.split(/, (?=[A-Z])/)) expect(each).toMatch(part);
  });
});
