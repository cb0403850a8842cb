import { once } from "node:events";
import { constants } from "node:fs";
import { type FileHandle, mkdtemp, open, readFile, readlink, symlink, writeFile } from "node:fs/promises";
import { createConnection, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { lastsMs, namesOf, samplesOf } from "../../src/cli/simulate/probe.ts";
import { resolveProfiles, shippedProfileSources } from "../../src/config/profiles.ts";
import { loadDriver, loadSimulation } from "../../src/devices/drivers.ts";
import type { InstrumentEvent } from "../../src/driver-kit/instrument.ts";
import { collect, VirtualTime } from "../../src/driver-kit/replay.ts";
import { meaningOf } from "../../src/normalize/value.ts";
import { until } from "../kit/until.ts";
import { lineProfile, siteWithProfiles } from "./own-profiles.ts";
import { Memory, runCli } from "./run-cli.ts";

const { profiles } = await resolveProfiles(
  await shippedProfileSources(),
  [],
  async (id) => (await loadDriver(id))?.options,
);

/** Plays a profile to a TCP port until its measurements are over; answers what it sent. */
async function playedTo(...args: readonly string[]) {
  const chunks: string[] = [];
  const server = createServer((socket) => socket.on("data", (bytes) => chunks.push(bytes.toString("latin1"))));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const ran = await runCli(["simulate", ...args, "--connect", `127.0.0.1:${port}`]);
  expect(ran.code).toBe(0);
  await new Promise((closed) => server.close(closed));
  return { ran, sent: chunks.join("") };
}

describe("what is set", () => {
  test("has a name that the instrument knows, or is refused with those that it knows", async () => {
    const pty = join(await mkdtemp(join(tmpdir(), "vw-simulate-")), "scale");
    const { code, err } = await runCli(["simulate", "health-o-meter-esc", "--pty", pty, "--set", "WEIGHT=72.5"]);
    expect(code).toBe(2);
    expect(err).toMatch(/health-o-meter-esc measures no “WEIGHT”. It knows B, H, I, N, T, W/);
  });

  test("is no number that the instrument cannot show", async () => {
    const { code, err } = await runCli(["simulate", "health-o-meter-esc", "--listen", "0", "--set", "W=712345"]);
    expect(code).toBe(2);
    expect(err).toMatch(/shows no W of 712345; it shows .* kg/);
    const whole = await runCli(["simulate", "health-o-meter-esc", "--listen", "0", "--set", "W=70"]);
    expect(whole.err).toMatch(/writes W with 1 .*decimals, and not as 70/);
  });

  test("is of no use for a HID device, which no pty can stand for", async () => {
    const { code, err } = await runCli(["simulate", "dymo-usb-scale", "--listen", "0"]);
    expect(code).toBe(2);
    expect(err).toContain("is a HID device");
  });

  test("may have any name that the instrument's own samples have, in every profile", async () => {
    for (const { profile } of profiles.values()) {
      const simulation = await loadSimulation(profile.driver);
      if (simulation === undefined) continue;
      const names = namesOf(simulation, profile);
      for (const name of samplesOf(simulation, profile).flatMap((sample) => Object.keys(sample)))
        expect(names).toContain(name);
      expect(names).not.toContain("nothing-of-the-kind");
    }
  });
});

describe("an analyzer", () => {
  const analyzers = [...profiles.values()].flatMap(({ profile }) =>
    ["astm", "hl7-analyzer"].includes(profile.driver) ? [profile] : [],
  );

  test.each(analyzers.map((profile) => [profile.id, profile] as const))(
    "%s measures what its profile maps, and says whose specimen it was",
    async (id, profile) => {
      const [driver, simulation] = [await loadDriver(profile.driver), await loadSimulation(profile.driver)];
      if (driver === undefined || simulation === undefined) throw new Error(`there is no ${profile.driver}`);
      const time = new VirtualTime(driver.session(driver.options.parse(profile.options)), "stored");
      const instrument = simulation.instrument(profile.options);
      const tell = (event: InstrumentEvent): void => {
        for (const action of instrument.handle(event))
          if (action.do === "write")
            for (const answer of time.give({ on: "data", bytes: action.bytes }))
              if (answer.do === "write") tell({ on: "data", bytes: answer.bytes });
      };
      time.give({ on: "open" });
      tell({ on: "open" });
      const samples = samplesOf(simulation, profile);
      for (const values of samples) tell({ on: "measure", values, at: "2026-11-23T14:05:09" });
      const { findings } = collect(time.steps);
      expect(findings.length).toBeGreaterThanOrEqual(samples.length);
      for (const { channel, value, unit, reported } of findings) {
        expect(reported?.specimen, channel).toMatch(/^S00471\d$/);
        // These two know no test until the laboratory names its own.
        if (id === "lis02-analyzer" || id === "roche-cobas-e411") continue;
        expect(profile.channels).toHaveProperty([channel]);
        expect(meaningOf(value, unit, profile.channels[channel])).not.toHaveProperty("hold");
      }
    },
  );
});

describe("the path of a pty", () => {
  const folder = (): Promise<string> => mkdtemp(join(tmpdir(), "vw-simulate-"));
  const play = (pty: string) =>
    runCli(["simulate", "health-o-meter-esc", "--pty", pty, "--every", "1ms", "--count", "1"]);

  const openPort = (link: string): Promise<FileHandle> =>
    open(link, constants.O_RDONLY | constants.O_NOCTTY | constants.O_NONBLOCK);
  /** False once the port is gone. */
  const hears = async (port: FileHandle, text: string): Promise<boolean> => {
    let read = "";
    let isGone = false;
    await until(async () => {
      try {
        const { bytesRead, buffer } = await port.read();
        read += buffer.subarray(0, bytesRead).toString("latin1");
        isGone = bytesRead === 0;
      } catch (error) {
        isGone = (error as NodeJS.ErrnoException).code !== "EAGAIN";
      }
      return isGone || read.includes(text);
    });
    return !isGone;
  };

  test("that is a file or a folder is refused, and it stays as it is", async () => {
    const here = await folder();
    const file = join(here, "notes.txt");
    await writeFile(file, "kept");
    for (const path of [file, here]) {
      const { code, err } = await play(path);
      expect(code).toBe(4);
      expect(err).toMatch(/^FILE_EXISTS/);
      expect(err).toContain(`${path} is there already`);
    }
    expect(await readFile(file, "utf8")).toBe("kept");
  });

  test("that is a link, as an earlier run leaves behind, is used again", async () => {
    const link = join(await folder(), "scale");
    await symlink("/nowhere", link);
    const running = play(link);
    await until(async () => (await readlink(link).catch(() => "")).startsWith("/dev/pts/"));
    const port = await openPort(link);
    expect((await running).code).toBe(0);
    await port.close();
  });

  test("cannot be had without socat, also where an earlier run's link still leads somewhere", async () => {
    const link = join(await folder(), "scale");
    await symlink("/dev/null", link);
    const { PATH } = process.env;
    onTestFinished(() => {
      process.env["PATH"] = PATH;
    });
    process.env["PATH"] = await folder();
    const { code, err } = await play(link);
    expect(code).not.toBe(0);
    expect(err).toContain("apt-get install socat");
  });

  test("whose folder is not there is named as what is wrong with the command", async () => {
    const { code, err } = await play("/nosuch/scale");
    expect(code).toBe(2);
    expect(err).toContain("There is no folder /nosuch.");
  });

  test("is played once somebody has opened it, so that nothing is lost before", async () => {
    const link = join(await folder(), "scanner");
    const out = new Memory();
    const words = ["simulate", "generic-cdc-scanner", "--pty", link, "--set", "barcode=12345678", "--count", "1"];
    const running = runCli([...words, "--every", "2s"], { out });
    await until(async () => (await readlink(link).catch(() => "")) !== "");
    // Longer than it takes from the opening to the first measurement.
    await new Promise((over) => setTimeout(over, 1500));
    expect(out.text).toBe("");
    const port = await openPort(link);
    expect(await hears(port, "12345678")).toBe(true);
    expect((await running).code).toBe(0);
    await port.close();
  });

  test("is played again however often it is closed and opened, to one who only listens", async () => {
    const link = join(await folder(), "scanner");
    const stop = new AbortController();
    const words = ["simulate", "generic-cdc-scanner", "--pty", link, "--set", "barcode=12345678"];
    const running = runCli([...words, "--every", "50ms"], { stop: stop.signal });
    for (let n = 0; n < 3; n++) {
      // A port that goes away just after it was opened is opened again, as the gateway does.
      await until(async () => {
        const port = await openPort(link).catch(() => undefined);
        const isHeard = port !== undefined && (await hears(port, "12345678"));
        await port?.close();
        return isHeard;
      });
    }
    stop.abort();
    expect((await running).code).toBe(0);
  });
});

test("a TCP port is one line: who connects last has it, and who had it before learns that it is gone", async () => {
  const err = new Memory();
  const stop = new AbortController();
  const words = ["simulate", "generic-cdc-scanner", "--listen", "0", "--set", "barcode=12345678", "--every", "50ms"];
  const running = runCli(words, { err, stop: stop.signal });
  await until(() => err.text.includes("is played at"));
  const port = Number(/127\.0\.0\.1:(\d+)/.exec(err.text)?.[1]);
  const first = createConnection(port, "127.0.0.1");
  await once(first, "data");
  const ended = once(first, "close");
  const second = createConnection(port, "127.0.0.1");
  const [bytes] = await once(second, "data");
  expect(String(bytes)).toContain("12345678");
  await ended;
  stop.abort();
  expect((await running).code).toBe(0);
  await until(() => second.closed);
});

describe("the instrument's clock", () => {
  const told = async (...words: string[]) => {
    const folder = await mkdtemp(join(tmpdir(), "vw-simulate-"));
    await writeFile(join(folder, "site.yaml"), "site: a\ntimezone: America/New_York\n");
    const stop = AbortSignal.timeout(1);
    const listen = ["simulate", "health-o-meter-esc", "--listen", "0"];
    return runCli([...listen, ...words, "-c", join(folder, "site.yaml")], { stop });
  };

  test("is in the site's zone, or in the one that is given", async () => {
    expect((await told()).err).toContain("its clock is that of America/New_York");
    expect((await told("--timezone", "Asia/Tokyo")).err).toContain("its clock is that of Asia/Tokyo");
    expect(await told("--timezone", "Tokyo")).toMatchObject({ code: 2 });
  });
});

describe("what only goes along with a measurement", () => {
  const once = ["--every", "1ms", "--count", "1", "--json"];

  test.each([
    ["abbott-afinion-2", "specimen=S-1", { specimen: "S-1" }],
    ["health-o-meter-esc", "H=178.0", { H: "178.0", W: "72.5" }],
  ])("is measured with what every sample of %s has", async (profile, set, values) => {
    const { ran } = await playedTo(profile, ...once, "--set", set);
    const [measured] = ran.rows.filter((row) => "measured" in row);
    expect(measured).toMatchObject({ measured: 1, values });
    expect(Object.keys(measured?.["values"] as object).length).toBeGreaterThan(1);
  });

  test("does not bring back what is set otherwise", async () => {
    const { ran } = await playedTo("health-o-meter-esc", ...once, "--set", "W=80.0");
    expect(ran.rows).toContainEqual({ measured: 1, values: { W: "80.0" } });
  });
});

describe("a profile of the site's own", () => {
  const own = "id: our-scale\nversion: 1\nlike: health-o-meter-esc\nevidence: bench\n";

  test("is played with the configuration that it belongs to, and unknown without it", async () => {
    const config = await siteWithProfiles({ "our-scale.yaml": own });
    const played = ["our-scale", "--every", "1ms", "--count", "1", "--set", "W=72.5"];
    const { sent, ran } = await playedTo(...played, "--config", config);
    expect(ran).toMatchObject({ code: 0, err: expect.stringContaining("our-scale is played at") });
    expect(sent).toContain("72.5");
    const without = await runCli(["simulate", ...played, "--listen", "1"]);
    expect(without).toMatchObject({ code: 2, err: expect.stringContaining("There is no profile “our-scale”") });
  });

  test("writes the lines that it describes, with what is set", async () => {
    const config = await siteWithProfiles({ "our-scale.yaml": lineProfile });
    const set = ["--set", "weight=72.5", "--set", "unit=lb"];
    const { sent } = await playedTo("our-scale", "-c", config, "--every", "1ms", "--count", "1", ...set);
    expect(sent).toBe(`${"ST,    72.5 lb\r\n".repeat(3)}ST,     0.0 lb\r\n`);
  });

  test("with mistakes is refused with their lines", async () => {
    const config = await siteWithProfiles({ "our-scale.yaml": own.replace("evidence: bench", "evidence: bunch") });
    const { code, err } = await runCli(["simulate", "our-scale", "--listen", "1", "-c", config]);
    expect(code).toBe(1);
    expect(err).toMatch(/our-scale\.yaml:4:\d+ {2}evidence: “bunch” must be one of/);
    expect(err).toContain("PROFILE_INVALID");
  });

  test("is left out, with a word, where the service's folder may not be read", async () => {
    const config = join(await mkdtemp(join(tmpdir(), "vw-simulate-")), "site.yaml");
    // A folder without permission would do for everybody but root.
    await symlink("profiles", join(dirname(config), "profiles"));
    const { code, err } = await runCli(["simulate", "our-scale", "--listen", "1"], {
      env: { VITALWIRE_CONFIG: config },
    });
    expect(err).toContain(`The profiles beside ${config} are left out: ELOOP`);
    expect(err).toContain("There is no profile “our-scale”");
    expect(code).toBe(2);
  });
});

describe("a measurement", () => {
  test("ends before the next begins, however often they are wanted", async () => {
    const { sent } = await playedTo("and-standard", "--every", "1ms", "--count", "2");
    const lines = sent.trim().split("\r\n");
    expect(lines.map((line) => line.slice(0, 2))).toEqual(["US", "ST", "ST", "ST", "ST", "US", "ST", "ST", "ST", "ST"]);
  });

  test("that goes on for ever is not waited for", async () => {
    const lasts = async (id: string) => {
      const profile = profiles.get(id)?.profile;
      const simulation = profile && (await loadSimulation(profile.driver));
      if (profile === undefined || simulation === undefined) throw new Error(`there is no ${id}`);
      return lastsMs(simulation, profile.options, simulation.samples[0] ?? {});
    };
    expect(await lasts("health-o-meter-esc")).toBe(4000);
    expect(await lasts("masimo-ascii1")).toBeUndefined();
  });
});
