import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openAnalyzer } from "../kit/analyzer.ts";
import { openClinic } from "../kit/clinic.ts";
import { closingWithTest } from "../kit/closing.ts";
import { allSettled, spawnGateway, startGateway, vitalwire } from "../kit/gateway.ts";
import { freePort } from "../kit/mosquitto.ts";
import { hl7Sink, openRoom, untilPluggedIn, weighing, wristband } from "../kit/room.ts";
import { mayMount, smallDisk } from "../kit/small-disk.ts";
import { until } from "../kit/until.ts";

test.runIf(mayMount)(
  "on a full disk an analyzer keeps its results, no reading is half there, and all goes on when there is space",
  async () => {
    const closing = closingWithTest();
    const disk = smallDisk(12);
    closing(disk.remove);
    const clinic = await openClinic();
    closing(() => clinic.close());
    const port = await freePort();
    const room = await openRoom(closing, {
      analyzers: [port],
      sinks: [hl7Sink("ehr", clinic)],
      state: join(disk.folder, "state"),
    });
    const analyzer = await openAnalyzer(port);
    closing(() => analyzer.close());
    await room.scan("00123456");
    room.scale.write(weighing("61.0"));
    await until(() => clinic.filed().length === 1);

    disk.fill();
    // What still fits is no loss; from some result on each is refused.
    let sent = 0;
    const measure = (): void => {
      const specimen = String(++sent).padStart(6, "0");
      analyzer.measure(`S${specimen}`, "5.9");
    };
    const full = (event: string) =>
      room.gateway.log.filter((line) => line.event === event && line["code"] === "JOURNAL_FULL");
    await until(() => {
      if (analyzer.safe.length === sent) measure();
      return analyzer.refusals() > 0;
    });
    disk.fill();
    await until(() => full("report-refused").length > 0);
    room.scanner.write(wristband("00777777"));
    await until(() => full("event-lost").length > 0);
    const refused = full("report-refused").length;
    room.scale.write(weighing("62.0"));
    await until(() => full("report-refused").some(({ device }) => device === "scale-4"));
    expect(full("report-refused").length).toBeGreaterThan(refused);
    expect(analyzer.safe.length).toBe(sent - 1);
    const atFull = (await room.gateway.status()).counts.observations;
    expect(atFull).toBe(1 + analyzer.safe.length);

    disk.free();
    await until(() => analyzer.safe.length === sent);
    // What was refused is offered again by itself, as what it was when it came.
    await until(async () => (await room.gateway.status()).counts.observations === atFull + 2);
    await until(() => allSettled(room.gateway));
    const values = clinic.filed().map(({ whose, value }) => `${whose} ${value}`);
    const results = analyzer.safe.map(({ specimen }) => `specimen ${specimen.slice(1)} 5.9`);
    expect(values.toSorted()).toEqual(["patient 00123456 61.0", "patient 00777777 62.0", ...results].toSorted());
    expect(clinic.lies).toEqual([]);
    expect(room.gateway.ended()).toBeUndefined();
  },
);

test.runIf(mayMount)("on a full disk the service starts, and delivers what is queued", async () => {
  const closing = closingWithTest();
  const disk = smallDisk(12);
  closing(disk.remove);
  const clinic = await openClinic();
  closing(() => clinic.close());
  await clinic.close();
  const room = await openRoom(closing, { sinks: [hl7Sink("ehr", clinic)], state: join(disk.folder, "state") });
  await room.scan("00123456");
  room.scale.write(weighing("61.0"));
  await room.stored(1);
  await room.gateway.kill();
  disk.fill();

  await clinic.open();
  const again = await startGateway(room.folder);
  closing(() => again.stop());
  await until(() => clinic.filed().length === 1);
  expect(clinic.filed()[0]).toMatchObject({ whose: "patient 00123456", value: "61.0" });
});

test("a damaged journal is set aside, what is readable goes on, and it is said", async () => {
  const closing = closingWithTest();
  const clinic = await openClinic();
  closing(() => clinic.close());
  const room = await openRoom(closing, { sinks: [hl7Sink("ehr", clinic)] });
  room.scale.write(weighing("61.0"));
  await room.stored(1);
  expect(await room.gateway.stop()).toBe(0);
  const path = join(room.folder, "state/journal.sqlite");
  const bytes = readFileSync(path);
  bytes.fill(0xa5, 0, 4096);
  writeFileSync(path, bytes);

  const again = await startGateway(room.folder);
  closing(() => again.stop());
  const said = again.log.find(({ event }) => event === "journal-recovered");
  expect(said).toMatchObject({ code: "JOURNAL_CORRUPT" });
  expect(readFileSync(String(said?.["setAside"])).equals(bytes)).toBe(true);
  await untilPluggedIn(again);
  room.scanner.write(wristband("00123456"));
  await until(async () => (await again.status()).places.some(({ open }) => open));
  room.scale.write(weighing("62.0"));
  await until(() => clinic.filed().length === 1);
  expect(clinic.filed()[0]).toMatchObject({ whose: "patient 00123456", value: "62.0" });
});

test("a second gateway over the same state is refused, and the first goes on", async () => {
  const closing = closingWithTest();
  const room = await openRoom(closing);
  const second = spawnGateway(room.folder);
  closing(() => second.stop());
  await until(() => second.ended() !== undefined);
  expect(second.ended()).toBe(4);
  expect(second.err()).toContain("JOURNAL_LOCKED");
  expect(second.err()).toContain("Another process uses this journal.");
  expect(second.err()).toMatch(/journal\.sqlite is in use by process \d+ \(\S*node \S+\/vitalwire\.js\)\./);
  await room.scan("00123456");
  room.scale.write(weighing("61.0"));
  const [reading] = await room.stored(1);
  expect(reading?.observation.binding?.subject).toMatchObject({ patient: { id: "00123456" } });
});

test("after a restart nobody is in the room: a weight is held until somebody says whose it is", async () => {
  const closing = closingWithTest();
  const clinic = await openClinic();
  closing(() => clinic.close());
  const room = await openRoom(closing, { sinks: [hl7Sink("ehr", clinic)] });
  await room.scan("00123456");
  await room.gateway.kill();
  const again = await startGateway(room.folder);
  closing(() => again.stop());
  await untilPluggedIn(again);
  room.scale.write(weighing("61.0"));
  await until(async () => (await again.status()).counts.held === 1);
  const [reading] = await again.readings();
  expect(reading?.observation.standing).toEqual({ state: "held", reasons: ["no-patient"] });
  expect(clinic.filed()).toEqual([]);

  const socket = join(room.folder, "control.sock");
  const id = reading?.observation.id ?? "";
  const attached = await vitalwire(
    "readings",
    "attach",
    id,
    "--patient",
    "00123456",
    "--by",
    "N. Okafor",
    "--socket",
    socket,
  );
  expect(attached).toMatchObject({ code: 0, err: "" });
  await until(() => clinic.filed().length === 1);
  expect(clinic.filed()[0]).toMatchObject({ whose: "patient 00123456", value: "61.0" });
});

test("what a killed gateway leaves behind is its journal and recordings, and no half-written file", async () => {
  const closing = closingWithTest();
  const room = await openRoom(closing);
  await room.gateway.kill();
  const names = readdirSync(join(room.folder, "state"));
  expect(names.toSorted()).toEqual([
    "journal.sqlite",
    "journal.sqlite-wal",
    "journal.sqlite.ballast",
    "last-good.json",
    "recordings",
  ]);
});
