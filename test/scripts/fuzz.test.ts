import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { KeptSeeds } from "../../scripts/programs/fuzz/kept.ts";
import { type Mode, modesOf, sessions } from "../../scripts/programs/fuzz/targets.ts";
import { inThread } from "../../scripts/programs/fuzz/thread.ts";
import { tried } from "../../scripts/programs/fuzz/tried.ts";
import { outside } from "../../src/cli/configuration.ts";
import { resolveProfiles, shippedProfileSources } from "../../src/config/profiles.ts";
import { loadDriver } from "../../src/devices/drivers.ts";
import { parseCapture } from "../../src/driver-kit/capture.ts";
import type { Session } from "../../src/driver-kit/contract.ts";

const parsed = parseCapture(
  '{"capture":1,"profile":"toy","source":"built here","evidence":"constructed"}\n{"ms":0,"in":"W 072.5 kg\\r\\n"}\n',
);
const captures = parsed.ok ? [parsed.capture] : [];

type Does = (bytes: Uint8Array) => ReturnType<Session["handle"]>;

/** A mode whose sessions do this with each chunk. */
const mode = (profile: string, does: Does): Mode => ({
  profile,
  captures,
  session: () => ({ handle: (event) => (event.on === "data" ? does(event.bytes) : []) }),
});
const planted = (name: string, does: Does) => sessions(name, "stream", [mode("toy", does)]);

describe("scripts/fuzz", () => {
  test("prints each figure in the common form, with its seed, and ends well where nothing is wrong", async () => {
    const { stdout, stderr } = await promisify(execFile)("scripts/fuzz", [
      ...["--executions", "500", "--only", "o-meter", "--only", "tanita", "--seed", "7", "--jobs", "2", "--json"],
    ]);
    const rows = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const faults = rows.filter(({ name }) => String(name).endsWith(": faults"));
    expect(faults.map(({ name }) => name).sort()).toEqual(["health-o-meter: faults", "tanita: faults"]);
    for (const row of rows) {
      expect(Object.keys(row)).toEqual(["name", "value", "unit", "target", "floor", "ok", "seed"]);
      expect(row).toMatchObject({ ok: true, seed: expect.any(Number) });
    }
    for (const row of faults) expect(row).toMatchObject({ value: 0, target: 0 });
    expect(stderr).toContain("executions/s");
  }, 180_000);

  test("ends quietly once nobody reads its figures any more", async () => {
    const line = "scripts/fuzz --json --executions 50 --only o-meter --only tanita | head -n 1";
    const { stdout, stderr } = await promisify(execFile)("bash", ["-c", `set -o pipefail; ${line}`]);
    expect(stdout.trim().split("\n")).toHaveLength(1);
    expect(stderr).not.toMatch(/EPIPE|at .*\.js/);
  }, 180_000);

  test("keeps the seeds of what went wrong for later runs, the newest of them", () => {
    const folder = mkdtempSync(join(tmpdir(), "vw-seeds-"));
    try {
      const path = join(folder, "cache", "seeds.json");
      expect(new KeptSeeds(path).of("line")).toEqual([]);
      for (let seed = 1; seed <= 25; seed++) new KeptSeeds(path).keep("line", seed);
      new KeptSeeds(path).keep("line", 10);
      const kept = new KeptSeeds(path);
      expect(kept.of("line")).toHaveLength(20);
      expect(kept.of("line").slice(-2)).toEqual([25, 10]);
      expect(kept.of("masimo")).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("finds a driver that throws, and names the seed of the input that it threw on", () => {
    const target = planted("throws", (bytes) => {
      if (bytes.includes(0xff)) throw new Error("planted");
      return [];
    });
    const found = tried(target, 2000, 1);
    expect(found.faults).toBeGreaterThan(0);
    expect(found.first).toContain("planted");
    expect(tried(target, 1, found.seed)).toMatchObject({ faults: 1, seed: found.seed });
  });

  test("finds a driver that says a finding without its channel", () => {
    const found = tried(
      planted("nameless", () => [
        {
          do: "report",
          receipt: 1,
          findings: [{ channel: "", value: { kind: "number", text: "1" }, kind: "patient", span: { from: 0, to: 1 } }],
        },
      ]),
      50,
      1,
    );
    expect(found.first).toBe("said a finding without its channel, as toy");
  });

  test("finds a driver that is slow on the same input each time, and not one that was slow once or kept waiting", () => {
    const dawdle = (ms: number) => {
      const before = process.cpuUsage();
      while (process.cpuUsage(before).user < ms * 1000);
    };
    let paused = false;
    const once = planted("slow once", () => {
      if (!paused) dawdle(80);
      paused = true;
      return [];
    });
    const always = planted("slow", (bytes) => {
      if (bytes.length > 3) dawdle(80);
      return [];
    });
    const kept = planted("kept waiting", () => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60);
      return [];
    });
    expect(tried(once, 20, 1).slowestMs).toBeLessThan(50);
    expect(tried(kept, 2, 1).slowestMs).toBeLessThan(50);
    expect(tried(always, 1, 1).slowestMs).toBeGreaterThan(50);
  });

  test("tries an input again before it says that it is the slowest", () => {
    let runs = 0;
    const target = {
      name: "counted",
      input: () => () => {
        runs++;
        return undefined;
      },
    };
    tried(target, 1, 1);
    expect(runs).toBe(5);
  });

  test("tries each mode of a driver, and the same one for the same seed", () => {
    const met: string[] = [];
    const does = (name: string) => () => {
      if (met.at(-1) !== name) met.push(name);
      return [];
    };
    const target = sessions("two", "stream", [mode("one", does("one")), mode("other", does("other"))]);
    tried(target, 50, 1);
    expect(new Set(met)).toEqual(new Set(["one", "other"]));
    const first = [...met];
    met.length = 0;
    tried(target, 50, 1);
    expect(met).toEqual(first);
  });

  test("takes profiles whose options are the same for one mode, and those that read otherwise for several", async () => {
    const { profiles } = await resolveProfiles(await shippedProfileSources(), [], outside.driverOptions);
    const of = async (id: string) => {
      const driver = await loadDriver(id);
      const own = [...profiles.values()].map(({ profile }) => profile).filter(({ driver: its }) => its === id);
      return driver === undefined ? [] : modesOf(driver, own, []).map(({ profile }) => profile);
    };
    expect(await of("hid-pos-scale")).toHaveLength(1);
    expect((await of("line")).length).toBeGreaterThan(10);
    expect(await of("nonin")).toEqual(expect.arrayContaining(["nonin-format-1", "nonin-format-2"]));
  });

  test("names the seed of an input that never comes to an end", async () => {
    const stuck =
      'import("node:worker_threads").then(({ workerData: { done } }) => { Atomics.store(done, 0, 3); for (;;); })';
    const entry = new URL(`data:text/javascript,${encodeURIComponent(stuck)}`);
    const told: number[] = [];
    const found = await inThread(entry, { target: "stuck", executions: 10, seed: 40 }, (done) => told.push(done), 1000);
    expect(found).toMatchObject({ faults: 1, seed: 43, first: "was not done after 1 s" });
    expect(told).toContain(3);
  });

  test("names the seed of an input that ended its thread", async () => {
    const dying =
      'import("node:worker_threads").then(({ workerData: { done } }) => { done[0] = 5; throw new Error("no room"); })';
    const entry = new URL(`data:text/javascript,${encodeURIComponent(dying)}`);
    const found = await inThread(entry, { target: "dying", executions: 10, seed: 1 }, () => {});
    expect(found).toMatchObject({ faults: 1, seed: 6, first: "ended its thread: no room" });
  });
});
