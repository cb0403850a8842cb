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
    profiles: [],
    why: "PORT_MISSING: no port has the USB identity fffe:*:Z9",
  });
});

test("without a configuration the ports are listed all the same", async () => {
  const { code, err } = await runCli(["devices"], { env: { VITALWIRE_CONFIG: "/nowhere/site.yaml" } });
  expect(code).toBe(0);
  expect(err).toContain("Without a configuration");
});
