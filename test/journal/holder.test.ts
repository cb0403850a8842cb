import { spawn } from "node:child_process";
import { describe, expect, onTestFinished, test } from "vitest";
import { holderWords, lockHolders } from "../../src/journal/holder.ts";
import { openJournal } from "../../src/journal/open.ts";
import { journalForTest } from "../kit/journals.ts";
import { until } from "../kit/until.ts";

/** Somebody at work in the journal by hand, with a patient's name on the command line. */
async function holding(path: string): Promise<number> {
  const other = spawn("sqlite3", ["-cmd", "SELECT 'CANARY'", path], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void other.kill());
  let said = "";
  other.stdout.on("data", (bytes) => {
    said += bytes;
  });
  other.stdin.write("BEGIN IMMEDIATE;\n.shell echo begun\n");
  await until(() => said.includes("begun"));
  return other.pid ?? 0;
}

describe("whoever has the journal", () => {
  test("is named by process and program to the gateway that is refused, and nothing else of it", async () => {
    const { journal, path } = await journalForTest();
    await journal.close();
    const pid = await holding(path);
    const refused = await openJournal({ path, ballastBytes: 4096, lockWaitMs: 50 }).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: "JOURNAL_LOCKED",
      message: `${path} is in use by process ${pid} (sqlite3).`,
    });
  });

  test("and cannot be seen from here is found with a command that is given", async () => {
    const { path } = await journalForTest();
    expect(await holderWords(`${path}.ballast`)).toContain(`“sudo fuser -v ${path}.ballast” names it.`);
    expect(await holderWords("/nowhere/journal.sqlite")).toContain("sudo fuser -v /nowhere/journal.sqlite");
  });
});

test("of the kernel's locks those count that SQLite takes and that are held", () => {
  const locks = [
    "1: FLOCK  ADVISORY  WRITE 501 00:1a:3 0 EOF",
    "2: POSIX  ADVISORY  WRITE 24275 fe:00:2565376 1073741826 1073742335",
    "2: -> POSIX  ADVISORY  WRITE 777 fe:00:2565376 1073741826 1073742335",
    "3: OFDLCK ADVISORY  READ -1 00:06:1047 0 EOF",
    "4: POSIX  ADVISORY  READ  502 103:02:18446744073709551615 1073741824 1073741824",
  ];
  expect(lockHolders(`${locks.join("\n")}\n`)).toEqual([
    { pid: 24275, device: "fe:00", inode: 2565376n },
    { pid: 502, device: "103:02", inode: 18446744073709551615n },
  ]);
});
