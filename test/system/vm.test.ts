import { appendFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checks, type Report } from "./vm/checks.ts";
import { guestImage, type Image } from "./vm/image.ts";
import { boot, type Machine } from "./vm/machine.ts";
import { payloadDisk } from "./vm/payload.ts";
import { possibility } from "./vm/possible.ts";

/** Emulation is slow, and slower beside other work. What takes longer than this hangs. */
const limits = { wholeMs: 540_000, quietMs: 300_000 } as const;

/** What the guest says, for whoever cannot wait. */
const log = resolve(import.meta.dirname, "../../.cache/vm.log");

const found = await findImage();

/** The image, or why all of this is left out; the summary of scripts/test repeats it. */
async function findImage(): Promise<{ readonly image: Image } | { readonly why: string }> {
  if (process.env["VITALWIRE_VM"] !== "1") return { why: "takes minutes, and is asked for with VITALWIRE_VM=1" };
  const possible = await possibility();
  if ("why" in possible) return possible;
  try {
    return { image: await guestImage(possible.release) };
  } catch (error) {
    return { why: `its image cannot be made: ${error instanceof Error ? error.message : String(error)}` };
  }
}

const where = "a box with real USB, in a virtual machine";

describe.skipIf("why" in found)("why" in found ? `${where}: ${found.why}` : where, () => {
  let machine: Machine | undefined;
  let folder = "";
  let trouble = "";
  const reports = new Map<string, Report>();

  beforeAll(async () => {
    if ("why" in found) return;
    folder = await mkdtemp(join(tmpdir(), "vw-payload-"));
    await mkdir(dirname(log), { recursive: true });
    await writeFile(log, "");
    machine = await boot(found.image, await payloadDisk(folder), limits, (line) => {
      appendFileSync(log, `${line}\n`);
      if (!line.startsWith('{"check"')) return;
      const report = JSON.parse(line) as Report;
      reports.set(report.check, report);
    });
    trouble = await machine.ended;
  }, 900_000);

  afterAll(async () => {
    machine?.kill();
    await machine?.ended;
    await machine?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  test.each(checks)("%s", async (name) => {
    const report = reports.get(name);
    if (report === undefined) {
      if (name !== checks.find((each) => !reports.has(each))) expect.fail("the guest did not come so far");
      const console = await machine?.console();
      const said = [...(machine?.lines.slice(-20) ?? []), "its console:", console?.slice(-1500) ?? "none"].join("\n");
      expect.fail(`the guest did not come so far. ${trouble} Its last words:\n${said}`);
    }
    const log = report.ok ? "" : (machine?.lines.filter((line) => line.startsWith("# ")).join("\n") ?? "");
    expect(report.ok, `${report.detail}\n${log}`).toBe(true);
  });
});
