import { realpath, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type Clinic, openClinic } from "../kit/clinic.ts";
import { closingAfterAll, closingWithTest } from "../kit/closing.ts";
import { removeSite, siteFolder, startGateway, untilDevice, writeSite } from "../kit/gateway.ts";
import { ptyInstrument } from "../kit/pty.ts";
import {
  doneCode,
  hl7Sink,
  openRoom,
  type Room,
  roomSite,
  scalePacket,
  untilPluggedIn,
  weighing,
  wristband,
} from "../kit/room.ts";
import { until } from "../kit/until.ts";
import { misread } from "../kit/wrong-baud.ts";

const weight = (value: string, whose = "patient 00123456") => ({
  whose,
  code: "29463-7",
  value,
  unit: "kg",
  status: "F",
});

/** Bytes that mean nothing, the same in each run. */
const noise = Uint8Array.from({ length: 400 }, (_, i) => (i * 167 + 91) % 256);

describe("a line that", () => {
  const closing = closingAfterAll();
  let clinic: Clinic;
  let room: Room;
  let patients = 0;

  beforeAll(async () => {
    clinic = await openClinic();
    closing(() => clinic.close());
    room = await openRoom(closing, { sinks: [hl7Sink("ehr", clinic)] });
  });

  /** What was filed of these bytes from the scale, for a patient of their own, when the good weight after them is. */
  async function filedOf(...bytes: readonly (string | Uint8Array)[]) {
    const digits = String(++patients).padStart(8, "0");
    await room.scan(digits);
    const before = clinic.filed().length;
    for (const some of bytes) room.scale.write(some);
    room.scale.write(scalePacket("0.0") + weighing("88.8"));
    await until(() =>
      clinic
        .filed()
        .slice(before)
        .some(({ value }) => value === "88.8"),
    );
    expect(clinic.lies).toEqual([]);
    const filed = clinic.filed().slice(before);
    expect(new Set(filed.map(({ whose }) => whose))).toEqual(new Set([`patient ${digits}`]));
    return filed.map(({ value }) => value);
  }

  test("is noisy gives no value, is named as noisy, and is read again as soon as it is quiet", async () => {
    const discarded = async () => (await room.gateway.status()).devices.find(({ device }) => device === "scale-4");
    room.scale.write(noise);
    await untilDevice(room.gateway, "scale-4", "talking", "DEVICE_NOISE");
    expect((await discarded())?.bytesDiscarded).toBeGreaterThan(200);
    expect(await filedOf(noise)).toEqual(["88.8"]);
    expect(await filedOf(weighing("72.5"))).toEqual(["72.5", "88.8"]);
    await untilDevice(room.gateway, "scale-4", "talking");
  });

  test.each([
    ["twice as fast", 9600, 4800],
    ["half as fast", 9600, 19200],
    ["a little faster", 9600, 7200],
  ])("is read at the wrong speed, the instrument being %s, gives no value", async (_, sent, read) => {
    expect(await filedOf(misread(weighing("72.5").repeat(3), sent, read))).toEqual(["88.8"]);
  });

  test("breaks off in the middle of a frame gives nothing of it", async () => {
    for (let cut = 1; cut < scalePacket("72.5").length; cut += 5) {
      const cutFrame = scalePacket("72.5").slice(0, cut);
      expect(await filedOf(scalePacket("72.5"), scalePacket("72.5"), cutFrame), `cut at ${cut}`).toEqual(["88.8"]);
    }
  });

  test("brings each frame twice gives one reading", async () => {
    expect(await filedOf(scalePacket("72.5").repeat(6))).toEqual(["72.5", "88.8"]);
  });

  test("brings frames glued together gives each of them once, in order", async () => {
    expect(await filedOf(weighing("61.0") + weighing("62.0") + weighing("62.0"))).toEqual([
      "61.0",
      "62.0",
      "62.0",
      "88.8",
    ]);
  });

  test("brings two scans glued together and then a weight gives it to the second patient", async () => {
    room.scanner.write(wristband("70000001") + wristband("70000002"));
    await until(async () => JSON.stringify((await room.gateway.status()).places).includes("70000002"));
    room.scale.write(scalePacket("0.0") + weighing("77.7"));
    await until(() => clinic.filed().at(-1)?.value === "77.7");
    expect(clinic.filed().at(-1)).toEqual(weight("77.7", "patient 70000002"));
  });

  test("loses the head of a scan names nobody by its tail", async () => {
    room.scanner.write(doneCode);
    await until(async () => (await room.gateway.status()).places.every(({ open }) => !open));
    const scanner = async () => (await room.gateway.status()).devices.find(({ device }) => device === "scanner-4");
    const before = (await scanner())?.bytesDiscarded ?? 0;
    room.scanner.write("P7000");
    // The pause in the middle breaks the scan.
    await until(async () => ((await scanner())?.bytesDiscarded ?? 0) >= before + 5);
    room.scanner.write("P70000003\r");
    room.scale.write(scalePacket("0.0") + weighing("55.5"));
    await until(async () => JSON.stringify(await room.gateway.readings()).includes('"55.5"'));
    const reading = (await room.gateway.readings()).at(-1);
    expect(reading?.observation.standing).toEqual({ state: "held", reasons: ["no-patient"] });
    expect(clinic.filed().filter(({ value }) => value === "55.5")).toEqual([]);
  });
});

test("a port that vanishes is said to be missing, the others go on, and it is read again under another name", async () => {
  const closing = closingWithTest();
  const clinic = await openClinic();
  closing(() => clinic.close());
  const folder = siteFolder();
  closing(() => removeSite(folder));
  const scanner = await ptyInstrument(join(folder, "scanner"));
  closing(scanner.unplug);
  // The name in the configuration is a link, as udev makes one; where it leads changes with each plugging in.
  const [first, second] = [await ptyInstrument(join(folder, "tty-1")), await ptyInstrument(join(folder, "tty-2"))];
  closing(first.unplug);
  closing(second.unplug);
  expect(await realpath(first.path)).not.toBe(await realpath(second.path));
  await symlink(await realpath(first.path), join(folder, "scale"));
  writeSite(folder, roomSite(folder, { sinks: [hl7Sink("ehr", clinic)] }));
  const gateway = await startGateway(folder);
  closing(() => gateway.stop());
  await untilPluggedIn(gateway);

  scanner.write(wristband("00123456"));
  await until(async () => (await gateway.status()).places.some(({ open }) => open));
  first.write(weighing("72.5") + scalePacket("66.6").repeat(2) + scalePacket("66.6").slice(0, 20));
  await until(() => clinic.filed().length === 1);
  await rm(join(folder, "scale"));
  await first.unplug();
  await untilDevice(gateway, "scale-4", "waiting", "PORT_MISSING");

  scanner.write(wristband("00777777"));
  await until(async () => JSON.stringify((await gateway.status()).places).includes("00777777"));
  await symlink(await realpath(second.path), join(folder, "scale"));
  await untilDevice(gateway, "scale-4", "ready");
  second.write(weighing("73.5"));
  await until(() => clinic.filed().length === 2);
  expect(clinic.filed()).toEqual([weight("72.5"), weight("73.5", "patient 00777777")]);
  expect(clinic.lies).toEqual([]);
  const codes = gateway.log
    .filter(({ device, event }) => device === "scale-4" && event === "device")
    .map(({ code }) => code);
  expect(codes).toContain("PORT_MISSING");
});
