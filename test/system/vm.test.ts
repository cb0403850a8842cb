import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checks, type Report } from "./vm/checks.ts";
import { guestImage, type Image } from "./vm/image.ts";
import { boot, type Machine } from "./vm/machine.ts";
import { payloadDisk } from "./vm/payload.ts";
import { possibility } from "./vm/possible.ts";

/** Emulation is slow, and slower beside other work; a guest that has not ended by then hangs. */
const longestMs = 600_000;

const image = await findImage();

/** The image, or nothing: then it is said aloud why, unless nobody asked for the machine. */
async function findImage(): Promise<Image | undefined> {
  if (process.env["VITALWIRE_VM"] !== "1") return undefined;
  const possible = await possibility();
  if ("why" in possible) return skipped(possible.why);
  return guestImage(possible.release).catch((error: unknown) =>
    skipped(`its image cannot be made: ${error instanceof Error ? error.message : String(error)}`),
  );
}

function skipped(why: string): undefined {
  // biome-ignore lint/suspicious/noConsole: a run without these tests must not look like one with them.
  console.warn(`\nSKIPPED: all tests with real USB in a virtual machine (${checks.length}): ${why}\n`);
}

describe.skipIf(image === undefined)("on a box with real USB", () => {
  let machine: Machine | undefined;
  let folder = "";
  const reports = new Map<string, Report>();

  beforeAll(async () => {
    if (image === undefined) return;
    folder = await mkdtemp(join(tmpdir(), "vw-payload-"));
    machine = await boot(image, await payloadDisk(folder), (line) => {
      if (!line.startsWith('{"check"')) return;
      const report = JSON.parse(line) as Report;
      reports.set(report.check, report);
    });
    const { kill, ended } = machine;
    const hanging = setTimeout(kill, longestMs);
    await ended;
    clearTimeout(hanging);
  }, longestMs * 2);

  afterAll(async () => {
    await machine?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  test.each(checks)("%s", async (name) => {
    const report = reports.get(name);
    if (report === undefined) {
      const end = (await machine?.console())?.slice(-1500);
      expect.fail(`the guest did not come so far. Its last words:\n${machine?.lines.slice(-20).join("\n")}\n${end}`);
    }
    expect(report.ok, report.detail).toBe(true);
  });
});
