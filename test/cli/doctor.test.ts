import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { diagnoseDisk } from "../../src/cli/doctor/disk.ts";
import { diagnoseGateway } from "../../src/cli/doctor/gateway.ts";
import { diagnosePorts } from "../../src/cli/doctor/ports.ts";
import { diagnoseTls } from "../../src/cli/doctor/tls.ts";
import type { Site } from "../../src/config/site.ts";
import type { GatewayStatus } from "../../src/console/answers.ts";
import { listenForControl } from "../../src/console/control.ts";
import { configurationOf, goodSite } from "../config/site-text.ts";
import { closingWithTest } from "../kit/closing.ts";
import { runCli } from "./run-cli.ts";

const folder = (): Promise<string> => mkdtemp(join(tmpdir(), "vw-doctor-"));

test("the doctor looks at everything and says each time how it stands", async () => {
  const state = await folder();
  const { rows, code } = await runCli(["doctor", "-c", "config/starter.yaml", "--json"], {
    env: { STATE_DIRECTORY: state },
  });
  const checks = new Set(rows.map((row) => row["check"]));
  for (const check of ["configuration", "node", "library", "clock", "disk space", "udev rules"])
    expect(checks).toContain(check);
  expect(rows.every((row) => row["state"] === "ok" || typeof row["todo"] === "string")).toBe(true);
  expect(code).toBe(rows.some((row) => row["state"] === "bad") ? 1 : 0);
  expect(await readdir(state)).toEqual([]);
});

test("without a configuration the doctor says where it looked and what to do", async () => {
  const { rows, code } = await runCli(["doctor", "-c", "/nowhere/site.yaml", "--json"]);
  expect(code).toBe(1);
  expect(rows[0]).toMatchObject({
    state: "bad",
    check: "configuration",
    found: "there is no /nowhere/site.yaml: devices and destinations were not looked at",
    todo: expect.stringContaining("--config FILE"),
  });
});

test("a file destination whose folder is not there is bad, whether or not a gateway runs", async () => {
  const state = await folder();
  const config = join(state, "site.yaml");
  const lineOf = async (path: string) => {
    const text = goodSite
      .replace("test-scale", "cas-scale")
      .replace(/id: ehr\n.*/, `id: log\n    file: { path: ${path} }`);
    await writeFile(config, text);
    const { rows } = await runCli(["doctor", "-c", config, "--json"], { env: { STATE_DIRECTORY: state } });
    return rows.find((row) => row["check"] === "destination log");
  };
  expect(await lineOf("nowhere/out.jsonl")).toMatchObject({
    state: "bad",
    found: expect.stringMatching(/the folder .*nowhere is not there/),
  });
  expect(await lineOf("out.jsonl")).toMatchObject({ state: "ok" });
});

test("a profile that nobody uses is worth a warning where it has mistakes, and no more", async () => {
  const state = await folder();
  await mkdir(join(state, "profiles"));
  await writeFile(join(state, "profiles", "torn.yaml"), "id: [\n");
  await writeFile(join(state, "site.yaml"), goodSite.replace("test-scale", "cas-scale"));
  const { rows } = await runCli(["doctor", "-c", join(state, "site.yaml"), "--json"]);
  expect(rows[0]).toMatchObject({ state: "warn", check: "configuration" });
});

describe("the running gateway", () => {
  async function answering(status: GatewayStatus, site?: Site) {
    const socket = join(await folder(), "control.sock");
    const closing = closingWithTest();
    const control = await listenForControl(socket, async function* () {
      yield status;
    });
    closing(() => control.close());
    return diagnoseGateway(socket, site);
  }

  test("tells of each device and destination that is not well, and of what waits for a person", async () => {
    const device = { device: "scale-1", place: "room", state: "waiting", bytesIn: 0, bytesDiscarded: 0 } as const;
    const lines = await answering({
      devices: [
        { ...device, problem: { code: "PORT_MISSING", detail: "/dev/x" } },
        { ...device, device: "scale-2", state: "ready" },
      ],
      places: [],
      sinks: [
        { sink: "bus", state: "up", code: "NO_SUBSCRIBER" },
        { sink: "ehr", state: "up" },
      ],
      counts: { observations: 9, held: 2, heldReasons: {}, deliveries: { ehr: { delivered: 5, rejected: 1 } } },
    });
    expect(lines.map(({ state, check }) => `${state} ${check}`)).toEqual([
      "ok gateway",
      "bad running device scale-1",
      "bad running destination bus",
      "bad deliveries",
      "warn readings",
    ]);
    expect(lines[1]?.found).toBe("PORT_MISSING: The port is not there. (/dev/x)");
    expect(lines[2]?.todo).toContain("subscriber");
  });

  const quiet = {
    devices: [],
    places: [],
    sinks: [],
    counts: { observations: 0, held: 0, heldReasons: {}, deliveries: {} },
  };

  test("finds nothing wrong with an analyzer that has called and hung up, and with nobody else's lost connection", async () => {
    const text = goodSite.replace(/link: .*/, "link: { listen: { port: 4001 } }");
    expect(text).not.toBe(goodSite);
    const { site } = await configurationOf(text);
    const device = { device: "scale-1", place: "room", state: "waiting", bytesIn: 9, bytesDiscarded: 0 } as const;
    const hungUpWith = (detail: string, id = "scale-1") =>
      answering({ ...quiet, devices: [{ ...device, device: id, problem: { code: "LINK_LOST", detail } }] }, site);
    expect((await hungUpWith("closed by the far end"))[1]).toMatchObject({
      state: "ok",
      found: expect.stringMatching(/^waiting/),
    });
    expect((await hungUpWith("ECONNRESET"))[1]).toMatchObject({ state: "bad" });
    expect((await hungUpWith("closed by the far end", "other"))[1]).toMatchObject({ state: "bad" });
  });

  test("that goes on with the last good configuration is bad, and asks for a restart once the file is mended", async () => {
    const status = { ...quiet, lastGood: true } as const;
    const { site } = await configurationOf(goodSite);
    const [, mended] = await answering(status, site);
    expect(mended).toMatchObject({
      state: "bad",
      check: "gateway",
      todo: expect.stringMatching(/^The file is mended: .* restart vitalwire/),
    });
    expect((await answering(status))[1]).toMatchObject({ state: "bad", todo: /^Mend the file, then .* restart/ });
    expect(await answering(quiet, site)).toHaveLength(1);
  });

  test("that does not answer is a warning that names its socket", async () => {
    expect(await diagnoseGateway("/nowhere/control.sock", undefined)).toEqual([
      expect.objectContaining({ state: "warn", found: expect.stringContaining("/nowhere/control.sock") }),
    ]);
  });
});

test.each([
  ["a device whose port is missing", { devices: [{ problem: { code: "PORT_MISSING" } }] }],
  ["a receiver that is down", { sinks: [{ sink: "ehr", state: "down", code: "RECEIVER_DOWN" }] }],
  ["a delivery that was refused", { deliveries: { ehr: { rejected: 1 } } }],
  ["nothing that is bad", {}],
] as const)("of %s the doctor says how it stands, and ends with 1 where anything is bad", async (what, found) => {
  const here = await folder();
  const [config, socket] = [join(here, "site.yaml"), join(here, "control.sock")];
  await writeFile(config, "site: a\ngateway: b\ntimezone: UTC\nplaces: [{ id: r, kind: exam-room }]\n");
  const closing = closingWithTest();
  const control = await listenForControl(socket, async function* () {
    const { deliveries = {}, ...rest } = { devices: [], sinks: [], ...found } as Record<string, unknown>;
    yield { places: [], counts: { observations: 1, held: 1, heldReasons: {}, deliveries }, ...rest };
  });
  closing(() => control.close());
  const args = ["doctor", "-c", config, "--socket", socket, "--json"];
  const { rows, code } = await runCli(args, { env: { STATE_DIRECTORY: here } });
  const bad = rows.filter((row) => row["state"] === "bad" && /running|deliveries/.test(String(row["check"])));
  expect(bad).toHaveLength(what === "nothing that is bad" ? 0 : 1);
  // The machine's own disk and libraries may be bad beside it.
  expect(code).toBe(rows.some((row) => row["state"] === "bad") ? 1 : 0);
});

describe("the disk", () => {
  test("is measured where the journal is, and too little room is said", async () => {
    const state = await folder();
    expect(await diagnoseDisk(state, 1)).toContainEqual(expect.objectContaining({ check: "disk space", state: "ok" }));
    expect(await diagnoseDisk(state, 1e9)).toContainEqual(
      expect.objectContaining({ check: "disk space", state: "warn" }),
    );
  });

  test("in memory is bad, for a power cut loses every reading", async () => {
    const lines = await diagnoseDisk("/dev/shm", 1);
    expect(lines).toContainEqual(expect.objectContaining({ check: "durability", state: "bad" }));
  });

  test("that is not there yet is no fault", async () => {
    expect(await diagnoseDisk("/nowhere/state", 1)).toEqual([expect.objectContaining({ state: "warn" })]);
  });
});

describe("certificates", () => {
  const day = 86_400_000;

  /** A site with TLS files of its own, valid for ten days. */
  async function secured() {
    const here = await folder();
    await mkdir(join(here, "tls"));
    const [cert, key] = [join(here, "tls/cert.pem"), join(here, "tls/key.pem")];
    const openssl = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "10"];
    execFileSync("openssl", [...openssl, "-subj", "/CN=a", "-keyout", key, "-out", cert], { stdio: "ignore" });
    await chmod(key, 0o600);
    const tls = `tls: { ca: ${cert}, cert: ${cert}, key: ${key} }`;
    return { ...(await configurationOf(goodSite.replace("insecure: true", tls))), folder: here, key };
  }

  test("that expire soon are a warning, and expired ones are bad", async () => {
    const site = await secured();
    const states = async (at: number) => (await diagnoseTls(site, at)).map((line) => line.state);
    expect(await states(Date.now())).toEqual(["warn", "warn", "ok"]);
    expect(await states(Date.now() + 11 * day)).toEqual(["bad", "bad", "ok"]);
    expect(await states(Date.now() - 60 * day)).toEqual(["ok", "ok", "ok"]);
  });

  test("whose key everyone may read, or that is another's, are told of", async () => {
    const site = await secured();
    await chmod(site.key, 0o644);
    expect((await diagnoseTls(site, Date.now())).at(-1)).toMatchObject({
      state: "warn",
      todo: expect.stringContaining("chmod"),
    });
    const other = await secured();
    await writeFile(site.key, execFileSync("cat", [other.key]));
    expect((await diagnoseTls(site, Date.now())).at(-1)).toMatchObject({
      state: "bad",
      found: expect.stringContaining("is not the key of"),
    });
  });

  test("are missed where a destination has none", async () => {
    expect(await diagnoseTls(await configurationOf(goodSite), Date.now())).toEqual([
      expect.objectContaining({ check: "destination ehr", state: "warn", found: "without TLS" }),
    ]);
  });
});

test("a port that is not there is bad, and is named", async () => {
  const { site } = await configurationOf(goodSite.replace("/dev/ttyUSB0", "/dev/nowhere"));
  expect(await diagnosePorts(site)).toContainEqual(
    expect.objectContaining({ check: "device scale-1", state: "bad", found: "/dev/nowhere is not there" }),
  );
});
