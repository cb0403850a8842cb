import { mkdtemp, readFile, readlink, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { lastsMs, namesOf, samplesOf } from "../../src/cli/simulate/probe.ts";
import { resolveProfiles, shippedProfileSources } from "../../src/config/profiles.ts";
import { loadDriver, loadSimulation } from "../../src/devices/drivers.ts";
import type { InstrumentEvent } from "../../src/driver-kit/instrument.ts";
import { collect, VirtualTime } from "../../src/driver-kit/replay.ts";
import { meaningOf } from "../../src/normalize/value.ts";
import { until } from "../kit/until.ts";
import { runCli } from "./run-cli.ts";

const { profiles } = await resolveProfiles(
  await shippedProfileSources(),
  [],
  async (id) => (await loadDriver(id))?.options,
);

describe("what is set", () => {
  test("has a name that the instrument knows, or is refused with those that it knows", async () => {
    const pty = join(await mkdtemp(join(tmpdir(), "vw-simulate-")), "scale");
    const { code, err } = await runCli(["simulate", "health-o-meter-esc", "--pty", pty, "--set", "WEIGHT=72.5"]);
    expect(code).toBe(2);
    expect(err).toMatch(/health-o-meter-esc measures no “WEIGHT”. It knows B, H, I, N, T, W/);
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
    expect((await running).code).toBe(0);
  });
});

describe("a measurement", () => {
  test("ends before the next begins, however often they are wanted", async () => {
    const chunks: string[] = [];
    const server = createServer((socket) => socket.on("data", (bytes) => chunks.push(bytes.toString("latin1"))));
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const { code } = await runCli(
      ["simulate", "and-standard", "--connect", `127.0.0.1:${port}`, "--every", "1ms", "--count", "2"],
      {},
    );
    expect(code).toBe(0);
    await new Promise((closed) => server.close(closed));
    const lines = chunks.join("").trim().split("\r\n");
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
