import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { stringify } from "yaml";
import { simulation as dinamap } from "../../drivers/ge-dinamap/simulation.ts";
import { simulation as ultra } from "../../drivers/onetouch-ultra2/simulation.ts";
import { simulation as scanner } from "../../drivers/text-scanner/simulation.ts";
import { outside } from "../../src/cli/configuration.ts";
import { checkSources } from "../../src/config/load.ts";
import { loadDriver } from "../../src/devices/drivers.ts";
import type { Driver } from "../../src/driver-kit/contract.ts";
import { Cable } from "../kit/virtual/cable.ts";
import { startVirtualGateway } from "../kit/virtual/gateway.ts";
import { VirtualReceiver } from "../kit/virtual/receiver.ts";
import { VirtualTime } from "../kit/virtual/time.ts";

const minute = 60_000;

const instruments = {
  meter: { profile: "onetouch-ultra2", simulation: ultra, measured: { glucose: "312" } },
  monitor: {
    profile: "carescape-v100",
    simulation: dinamap,
    measured: { NIBP_SYS: "188", NIBP_DIA: "111", NIBP_MAP: "137" },
  },
} as const;
type Name = keyof typeof instruments;

/** A room with a scanner and an instrument whose cable stays plugged in, whether the instrument is on it or not. */
async function room(name: Name, shared: boolean) {
  const { profile, simulation, measured } = instruments[name];
  const device = (id: string, of: string) => ({
    id,
    place: "room-4",
    profile: of,
    allowUnproven: true,
    link: { serial: { path: `/dev/${id}`, baudRate: 9600 } },
  });
  const text = stringify({
    site: "north",
    gateway: "gw-1",
    timezone: "UTC",
    places: [
      {
        id: "room-4",
        kind: "exam-room",
        unverified: "allow",
        barcodes: [
          { means: "patient", prefix: "P", pattern: "\\d" },
          { means: "done", pattern: "DONE" },
        ],
      },
    ],
    devices: [device("scanner", "generic-serial-scanner"), { ...device(name, profile), shared }],
  });
  const loaded = await checkSources({ site: { file: "site.yaml", text }, profiles: [] }, outside);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.remarks));
  const { site, profiles } = loaded.configuration;
  const drivers = new Map<string, Driver>();
  for (const id of ["text-scanner", profiles.get(profile)?.driver ?? ""]) {
    const driver = await loadDriver(id);
    if (driver !== undefined) drivers.set(id, driver);
  }

  const time = new VirtualTime(Date.UTC(2026, 10, 23, 13));
  const cables = new Map([
    ["scanner", new Cable("scanner", scanner.instrument(), time, true, () => {})],
    [name, new Cable(name, simulation.instrument(), time, true, () => {})],
  ]);
  const folder = mkdtempSync(join(tmpdir(), "vw-carried-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const receiver = new VirtualReceiver(time);
  const path = join(folder, "journal.sqlite");
  const gateway = await startVirtualGateway({ site, profiles, drivers, time, receiver, cables, path });
  onTestFinished(() => gateway.crash());
  const instrument = cables.get(name);
  const pass = (ms: number) => time.advance(ms, () => gateway.settle());
  await pass(100);
  return {
    pass,
    takeOff: () => instrument?.takeOff(),
    putOn: () => instrument?.putOn(),
    measure: () => instrument?.measure(measured),
    async scan(barcode: string) {
      cables.get("scanner")?.measure({ barcode });
      await pass(10);
    },
    /** What became of the first value of each measurement: whose it is, or why it is held. */
    async fates() {
      const rows = await gateway.journal.observations({ limit: 100 });
      return rows
        .filter(({ observation: { code } }) => code.channel in measured && code.channel === Object.keys(measured)[0])
        .map(({ observation: { binding, standing } }) => {
          const whose = binding?.subject.kind === "patient" ? binding.subject.patient.id : "nobody";
          return standing.state === "held" ? `${whose}: ${standing.reasons.join()}` : whose;
        });
    },
  };
}

const everyWay = (["meter", "monitor"] as const).flatMap((name) => [true, false].map((shared) => ({ name, shared })));

test.each(everyWay)(
  "a $name that measured in another room brings nothing for who has left; shared: $shared",
  async ({ name, shared }) => {
    const { scan, pass, takeOff, putOn, measure, fates } = await room(name, shared);
    takeOff();
    await pass(minute);
    await scan("P1");
    await pass(minute);
    measure();
    await pass(minute);
    await scan("DONE");
    await pass(minute);
    putOn();
    await pass(minute);
    expect(await fates()).toEqual(["nobody: outside-association"]);
  },
);

test.each(everyWay)(
  "a $name that comes onto the cable while the patient is there is that patient's, unless it is shared; shared: $shared",
  async ({ name, shared }) => {
    const { scan, pass, takeOff, putOn, measure, fates } = await room(name, shared);
    takeOff();
    await pass(minute);
    await scan("P1");
    await pass(minute);
    measure();
    await pass(minute);
    putOn();
    await pass(minute);
    expect(await fates()).toEqual([shared ? "nobody: outside-association" : "1"]);
  },
);

test.each([true, false])("a monitor that stays on its cable measures for who is there; shared: %s", async (shared) => {
  const { scan, pass, measure, fates } = await room("monitor", shared);
  await pass(10 * minute);
  await scan("P1");
  await pass(minute);
  measure();
  await pass(minute);
  await scan("P2");
  await pass(minute);
  expect(await fates()).toEqual(["1"]);
});
