import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseCapture } from "../../src/driver-kit/capture.ts";
import { replay } from "../../src/driver-kit/replay.ts";
import { latin1 } from "../../src/driver-kit/text.ts";
import { siteOf } from "../kit/site.ts";
import { toyDriver } from "../kit/toy-driver.ts";
import { until } from "../kit/until.ts";
import { bench, ends, plugIn, run, serial, stateOf } from "./bench.ts";

test("what passes is recorded as a capture that replays to the same readings, for the service alone to read", async () => {
  const folder = await mkdtemp(join(tmpdir(), "vitalwire-rec-"));
  ends.push(() => rm(folder, { recursive: true, force: true }));
  const instrument = await plugIn();
  const { fleet, upstream } = bench({ recordings: folder });
  await run(fleet, siteOf({ "scale-1": serial(instrument.path) }));
  const seen: string[] = [];
  await until(() => stateOf(fleet, "scale-1") === "ready");
  fleet.tap("scale-1", (line) => seen.push(line));
  instrument.write("V118\nnoise\nV119\n");
  await until(() => upstream.reports.length === 2);
  await until(() => instrument.received().endsWith("OK2\n"));
  await fleet.stop();

  const [report] = upstream.reports;
  const [name, ...others] = await readdir(join(folder, "scale-1"));
  expect([name, others]).toEqual([`${report?.session}-0.jsonl`, []]);
  const path = join(folder, "scale-1", name ?? "");
  const parsed = parseCapture(await readFile(path, "utf8"));
  if (!parsed.ok) throw new Error(parsed.problem);
  expect(parsed.capture.head).toMatchObject({ profile: "toy", device: "scale-1", session: report?.session });
  const again = replay(toyDriver.session({ farewell: "" }), parsed.capture.lines);
  expect(again.findings).toEqual(upstream.reports.flatMap(({ findings }) => findings));
  const written = parsed.capture.lines.map((line) => ("out" in line ? latin1(line.out) : "")).join("");
  expect(written).toBe(latin1(again.writes));
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, "scale-1"))).mode & 0o777).toBe(0o700);
  expect(seen.filter((line) => line.includes('"in"')).join()).toContain("V118");
  expect(seen[0]).toContain('"capture":1');
});

test("a recording is played as a device, once", async () => {
  const folder = await mkdtemp(join(tmpdir(), "vitalwire-play-"));
  ends.push(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "raw.bin");
  await writeFile(path, "V1\nV2\n");
  const { fleet, upstream } = bench();
  await run(fleet, siteOf({ player: { file: { path } } }));
  await until(() => stateOf(fleet, "player") === "stopped");
  expect(upstream.readings("player")).toEqual(["1", "2"]);
});
