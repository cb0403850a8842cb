import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCli } from "./run-cli.ts";

test("a device whose port is not there is listed with the reason, and the exit code says so", async () => {
  const config = join(await mkdtemp(join(tmpdir(), "vw-devices-")), "site.yaml");
  const device = '{ id: scale, place: r, profile: health-o-meter-esc, link: { usb: { vendor: "fffe", serial: Z9 } } }';
  await writeFile(
    config,
    `site: a\ngateway: b\ntimezone: UTC\nplaces: [{ id: r, kind: exam-room }]\ndevices: [${device}]\n`,
  );
  const { code, rows } = await runCli(["devices", "-c", config, "--json"]);
  expect(code).toBe(1);
  expect(rows).toContainEqual({
    type: "device",
    device: "scale",
    absent: true,
    profiles: ["health-o-meter-esc"],
    why: "PORT_MISSING: no port has the USB identity fffe:*:Z9",
  });
});

test("devices named by a path, or on the network, are listed too: what is awaited, and what is no port", async () => {
  const folder = await mkdtemp(join(tmpdir(), "vw-devices-"));
  const config = join(folder, "site.yaml");
  const device = (id: string, link: string) =>
    `  - { id: ${id}, place: r, profile: health-o-meter-esc, link: { ${link} } }\n`;
  const devices = [
    device("away", "serial: { path: /dev/vitalwire/nowhere }"),
    device("pty", `serial: { path: ${config} }`),
    device("server", "tcp: { host: 10.0.0.9, port: 4001 }"),
    device("caller", "listen: { port: 4010 }"),
  ];
  await writeFile(
    config,
    `site: a\ngateway: b\ntimezone: UTC\nplaces: [{ id: r, kind: exam-room }]\ndevices:\n${devices.join("")}`,
  );
  const { code, rows } = await runCli(["devices", "-c", config, "--json"]);
  const told = rows.filter(({ type }) => type === "device").map(({ device, absent, why }) => [device, absent, why]);
  expect(told).toEqual([
    ["away", true, "PORT_MISSING: /dev/vitalwire/nowhere is awaited"],
    ["pty", undefined, "it is pty, at a port without hardware"],
    ["server", undefined, "the gateway calls 10.0.0.9:4001"],
    ["caller", undefined, "it calls the gateway at 127.0.0.1:4010"],
  ]);
  expect(code).toBe(1);
});

test("without a configuration the ports are listed all the same", async () => {
  const { code, err } = await runCli(["devices"], { env: { VITALWIRE_CONFIG: "/nowhere/site.yaml" } });
  expect(code).toBe(0);
  expect(err).toContain("Without a configuration");
});
