import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { tried } from "../../scripts/programs/fuzz/fuzz.ts";
import { sessions } from "../../scripts/programs/fuzz/targets.ts";
import { parseCapture } from "../../src/driver-kit/capture.ts";
import type { Session } from "../../src/driver-kit/contract.ts";

const parsed = parseCapture(
  '{"capture":1,"profile":"toy","source":"built here","evidence":"constructed"}\n{"ms":0,"in":"W 072.5 kg\\r\\n"}\n',
);
const capture = parsed.ok ? [parsed.capture] : [];

/** A driver that does this with each chunk. */
const planted = (name: string, does: (bytes: Uint8Array) => ReturnType<Session["handle"]>) =>
  sessions(name, "stream", capture, () => ({ handle: (event) => (event.on === "data" ? does(event.bytes) : []) }));

describe("scripts/fuzz", () => {
  test("prints each figure in the common form, with its seed, and ends well where nothing is wrong", async () => {
    const { stdout, stderr } = await promisify(execFile)("scripts/fuzz", [
      ...["--executions", "2000", "--only", "health-o-meter", "--seed", "7", "--json"],
    ]);
    const rows = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const faults = rows.filter(({ name }) => String(name).endsWith(": faults"));
    expect(faults.map(({ name }) => name)).toContain("health-o-meter health-o-meter-esc: faults");
    for (const row of rows) {
      expect(Object.keys(row)).toEqual(["name", "value", "unit", "target", "floor", "ok", "seed"]);
      expect(row).toMatchObject({ ok: true, seed: expect.any(Number) });
    }
    for (const row of faults) expect(row).toMatchObject({ value: 0, target: 0 });
    expect(stderr).toContain("executions/s");
  }, 180_000);

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
    expect(found.first).toBe("said a finding without its channel");
  });

  test("finds a driver that is slow on the same input each time, and not one that was slow once", () => {
    const dawdle = (ms: number) => {
      for (const until = performance.now() + ms; performance.now() < until; );
    };
    let paused = false;
    const once = planted("slow once", () => {
      if (!paused) dawdle(60);
      paused = true;
      return [];
    });
    const always = planted("slow", (bytes) => {
      if (bytes.length > 3) dawdle(60);
      return [];
    });
    expect(tried(once, 20, 1).slowestMs).toBeLessThan(50);
    expect(tried(always, 3, 1).slowestMs).toBeGreaterThan(50);
  });
});
