import { mkdir, mkdtemp, readFile, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { hexDump } from "../../src/cli/capture/hex-dump.ts";
import { parseCapture } from "../../src/driver-kit/capture.ts";
import { type PtyInstrument, ptyInstrument } from "../kit/pty.ts";
import { until } from "../kit/until.ts";
import { Memory, runCli } from "./run-cli.ts";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

interface Bench {
  readonly folder: string;
  readonly config: string;
  readonly instrument: PtyInstrument;
}

async function bench(profile: string): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), "vw-capture-"));
  const instrument = await ptyInstrument();
  cleanups.push(() => instrument.unplug());
  const config = join(folder, "site.yaml");
  await writeFile(config, site(profile, `serial: { path: ${instrument.path} }`));
  return { folder, config, instrument };
}

const site = (profile: string, link: string): string =>
  `site: a\ngateway: b\ntimezone: UTC\nplaces: [{ id: room, kind: exam-room }]\n` +
  `devices: [{ id: dut, place: room, profile: ${profile}, allowUnproven: true, link: { ${link} } }]\n`;

/** Starts a capture and waits until the port is open. */
async function start({ folder, config }: Bench, ...more: string[]) {
  const stop = new AbortController();
  const [out, err] = [new Memory(), new Memory()];
  const file = join(folder, "out.jsonl");
  const ended = runCli(["capture", "dut", "-c", config, "-o", file, ...more], { stop: stop.signal, out, err });
  await until(() => err.text.includes("recording to") || /waiting for|What to do/.test(err.text));
  return { file, out, err, stop, ended };
}

const linesOf = async (file: string) => {
  const parsed = parseCapture(await readFile(file, "utf8"));
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.capture;
};
const text = (pieces: readonly Uint8Array[]): string => Buffer.concat(pieces).toString("latin1");

describe("a capture", () => {
  test("holds the bytes of the port until Ctrl-C, shows them, and is readable by its owner alone", async () => {
    const here = await bench("health-o-meter-esc");
    const run = await start(here);
    here.instrument.write("\u001bR\u00ffhello");
    await until(() => run.out.text.includes("6f"));
    run.stop.abort();
    expect((await run.ended).code).toBe(0);
    const { head, lines } = await linesOf(run.file);
    expect(head).toMatchObject({ profile: "health-o-meter-esc", evidence: "capture", device: "dut" });
    expect(text(lines.flatMap((l) => ("in" in l ? [l.in] : [])))).toBe("\u001bR\u00ffhello");
    expect(lines.at(-1)).toMatchObject({ event: "end" });
    expect((await stat(run.file)).mode & 0o777).toBe(0o600);
    expect(run.out.text).toContain("1b 52 ff 68 65 6c 6c 6f");
    expect(run.out.text).toContain("·R·hello");
  });

  test("writes nothing to the instrument, unless it is told to talk", async () => {
    const here = await bench("carescape-v100");
    const quiet = await start(here);
    here.instrument.write("x");
    await until(() => quiet.out.text !== "");
    quiet.stop.abort();
    await quiet.ended;
    expect(here.instrument.received()).toBe("");

    const talking = await start({ ...here, folder: await mkdtemp(join(tmpdir(), "vw-capture-")) }, "--talk");
    await until(() => here.instrument.received() !== "");
    talking.stop.abort();
    await talking.ended;
    const { lines } = await linesOf(talking.file);
    expect(text(lines.flatMap((l) => ("out" in l ? [l.out] : [])))).toContain(here.instrument.received());
  });

  test("of an instrument that no profile knows takes its port and line settings, and only listens", async () => {
    const { folder, instrument } = await bench("health-o-meter-esc");
    const file = join(folder, "new.jsonl");
    const stop = new AbortController();
    const err = new Memory();
    const words = ["capture", "--serial", instrument.path, "--baud", "2400", "--frame", "7e1", "-o", file];
    const ended = runCli(words, { stop: stop.signal, err, env: { VITALWIRE_CONFIG: join(folder, "none.yaml") } });
    await until(() => err.text.includes("recording to"));
    instrument.write("ST,     72.5 kg\r\n");
    await until(async () => (await readFile(file, "utf8")).includes("kg"));
    stop.abort();
    expect((await ended).code).toBe(0);
    expect(err.text).toContain(`vitalwire replay --profile ID ${file}`);
    expect(instrument.received()).toBe("");
    const { head, lines } = await linesOf(file);
    expect(head).not.toHaveProperty("profile");
    expect(text(lines.flatMap((l) => ("in" in l ? [l.in] : [])))).toBe("ST,     72.5 kg\r\n");

    expect(await runCli(["replay", file])).toMatchObject({ code: 2, err: expect.stringContaining("give --profile") });
    expect(await runCli(["replay", "-p", "cas-scale", file])).toMatchObject({ err: "" });
  });

  test("takes line settings with a bare port alone, and says what is wrong with them", async () => {
    const { config, instrument } = await bench("health-o-meter-esc");
    const wrong = [
      ["dut", "--baud", "9600"],
      ["dut", "--serial", instrument.path],
      ["--serial", instrument.path, "--frame", "9N1"],
      ["--serial", instrument.path, "--baud", "fast"],
      ["--serial", instrument.path, "--talk"],
      [],
    ];
    for (const words of wrong) expect(await runCli(["capture", ...words, "-c", config])).toMatchObject({ code: 2 });
  });

  test("of a port that the service holds says how to stop it", async () => {
    const here = await bench("health-o-meter-esc");
    const holding = await start(here);
    const err = new Memory();
    const ended = runCli(["capture", "--serial", here.instrument.path, "--for", "1s"], { err });
    await until(() => err.text.includes("waiting for it"));
    expect(err.text).toContain("systemctl stop vitalwire");
    holding.stop.abort();
    await Promise.all([holding.ended, ended]);
  });

  test("replaces no file that is there", async () => {
    const here = await bench("health-o-meter-esc");
    await writeFile(join(here.folder, "out.jsonl"), "mine");
    const run = await start(here);
    expect((await run.ended).code).toBe(4);
    expect(run.err.text).toMatch(/^FILE_EXISTS .* with this name already.*\n.*out\.jsonl\n/m);
    expect(run.err.text).toContain("Choose another name");
    expect(await readFile(run.file, "utf8")).toBe("mine");
  });

  test("of a port that is not there waits for it, and opens it as soon as it appears", async () => {
    const here = await bench("health-o-meter-esc");
    await here.instrument.unplug();
    const run = await start(here);
    await until(() => run.err.text.includes("waiting for it"));
    expect(run.err.text).toContain("PORT_MISSING");
    await mkdir(dirname(here.instrument.path));
    const again = await ptyInstrument(here.instrument.path);
    cleanups.push(() => again.unplug());
    await until(() => run.err.text.includes("recording to"));
    again.write("hello");
    await until(() => run.out.text.includes("6f"));
    run.stop.abort();
    expect((await run.ended).code).toBe(0);
    expect(run.err.text.match(/waiting for it/g)).toHaveLength(1);
  });

  test("of a port that does not come says so within its time, with exit code 4", async () => {
    const here = await bench("health-o-meter-esc");
    await here.instrument.unplug();
    const run = await start(here, "--for", "50ms");
    expect((await run.ended).code).toBe(4);
    expect(run.err.text).toContain("What to do");
  });

  test("ends when the connection does", async () => {
    const server: Server = createServer((socket) => socket.end("bye"));
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    cleanups.push(() => new Promise((closed) => server.close(closed)));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const here = await bench("health-o-meter-esc");
    await writeFile(here.config, site("health-o-meter-esc", `tcp: { host: 127.0.0.1, port: ${address.port} }`));
    const run = await start(here);
    expect((await run.ended).code).toBe(0);
    expect(text((await linesOf(run.file)).lines.flatMap((l) => ("in" in l ? [l.in] : [])))).toBe("bye");
  });

  test("that heard nothing within its time ends with exit code 1", async () => {
    const run = await start(await bench("health-o-meter-esc"), "--for", "50ms");
    expect((await run.ended).code).toBe(1);
  });

  test("of a device that is not configured is a usage error that names those that are", async () => {
    const { config } = await bench("health-o-meter-esc");
    const { code, err } = await runCli(["capture", "scale", "-c", config]);
    expect(code).toBe(2);
    expect(err).toContain("there are dut");
  });
});

test("a hex dump has sixteen bytes a line, with the time at the first", () => {
  const lines = hexDump(
    12.4,
    "<",
    Uint8Array.from({ length: 17 }, (_, i) => 0x40 + i),
  );
  expect(lines).toEqual([
    "     12 ms < 40 41 42 43 44 45 46 47 48 49 4a 4b 4c 4d 4e 4f  @ABCDEFGHIJKLMNO",
    `${" ".repeat(11)}< 50${" ".repeat(47)}P`,
  ]);
});
