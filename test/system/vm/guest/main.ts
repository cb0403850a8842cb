import { closeSync, constants, openSync, readFileSync, readSync, realpathSync, statSync, writeFileSync } from "node:fs";
import type { DeviceState } from "../../../../src/devices/device.ts";
import type { StoredObservation } from "../../../../src/journal/journal.ts";
import { check, failed, same, say, until } from "./check.ts";
import {
  hidScale,
  lineScale,
  load,
  oneOfTwo,
  otherOfTwo,
  ownKeyboard,
  scanner,
  twinA,
  twinB,
  type,
  visitor,
  weigh,
} from "./instruments.ts";
import { allowSleep, hidrawIn, isIn, keyboardIn, linksTo, powerOf, socketOf, ttyIn } from "./ports.ts";
import * as service from "./service.ts";
import { clear, sharedLinks, site, unclear } from "./site.ts";
import { at } from "./sockets.ts";

/** All that the instruments showed, as the service must list it. */
const shown: string[] = [];

/** Lets an instrument show something that must become this one reading. */
async function reads(reading: string, show: () => void): Promise<void> {
  shown.push(reading);
  show();
  await until(`the reading ${reading}`, async () => (await service.readings()).length >= shown.length);
  same("the readings", await service.readings(), shown);
}

const untilIs = (id: string, ...states: readonly DeviceState[]) =>
  until(`${id} to be ${states.join(" or ")}`, () => isOne(id, states));

async function isOne(id: string, states: readonly DeviceState[]): Promise<string | false> {
  const found = await service.device(id);
  if (found !== undefined && states.includes(found.state)) return found.state;
  throw new Error(`it is ${found?.state} ${found?.problem?.code ?? ""} ${found?.problem?.detail ?? ""}`);
}

const untilOpen = (id: string) => untilIs(id, "ready", "talking", "silent");

/** Scans a wristband until the place has this patient: a machine that stumbles may break a scan in two. */
async function scan(patient: string): Promise<void> {
  await until(
    `the patient ${patient}`,
    async () => {
      type(scanner, `P${patient}`);
      return until("it", async () => (await service.patientAt("exam-1")) === patient, 3000).catch(() => false);
    },
    30_000,
  );
}

/** How many bytes of key events come from an input device while something is done. */
async function typedWhile(event: string, act: () => Promise<void> | void, enough = 0): Promise<number> {
  const node = openSync(event, constants.O_RDONLY | constants.O_NONBLOCK);
  let bytes = 0;
  const buffer = Buffer.alloc(4096);
  const take = (): boolean => {
    try {
      for (;;) bytes += readSync(node, buffer);
    } catch {
      return bytes >= enough; // nothing there, for now
    }
  };
  try {
    await act();
    await until(`${enough} bytes of key events`, take, 5000).catch(() => undefined);
    return bytes;
  } finally {
    closeSync(node);
  }
}

function keyboard(controller: number) {
  const found = keyboardIn(controller);
  if (found === undefined) throw new Error(`no keyboard is in ${socketOf(controller)}`);
  return found;
}

const isInhibited = (controller: number) => readFileSync(keyboard(controller).inhibited, "utf8").trim() === "1";

/** Group and mode of a device node, and that it can be reached by both kinds of lasting names. */
function belongsToService(node: string | undefined): string {
  if (node === undefined) throw new Error("it is not there");
  const { gid, mode } = statSync(`/dev/${node}`);
  const group = service.run("getent", "group", "vitalwire").split(":")[2];
  same(`group and mode of ${node}`, [String(gid), (mode & 0o777).toString(8)], [group, "660"]);
  const names = linksTo(node, "/dev/vitalwire");
  for (const kind of ["/dev/vitalwire/path-", "/dev/vitalwire/serial-"])
    if (!names.some((name) => name.startsWith(kind)))
      throw new Error(`${node} has no ${kind}…, but ${names.join(" ")}`);
  return [node, ...names].join(" ");
}

for (const each of [lineScale, hidScale, twinA, twinB, scanner, ownKeyboard, oneOfTwo, otherOfTwo]) each.plugIn();
await until("what was plugged in", () => Object.values(at).every((socket) => socket === at.visitor || isIn(socket)));
// As some kernels and power savers have it.
allowSleep(at.lineScale);
say("plugged in; installing and starting the service");
service.install(site);
say("it is started");
service.nameScanner({ vendor: "05e0", product: "1200" });

await check("the service, as installed, tells systemd that it is ready, and runs as its own user", () => {
  const { ActiveState, Type, User, MainPID, WatchdogUSec, StatusText } = service.unit();
  same(
    "the unit",
    { ActiveState, Type, User, WatchdogUSec },
    { ActiveState: "active", Type: "notify", User: "vitalwire", WatchdogUSec: "30s" },
  );
  const [, uid] = /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${MainPID}/status`, "utf8")) ?? [];
  same("its user", uid, service.run("id", "-u", "vitalwire").trim());
  service.watchdogSeconds(180);
  return `process ${MainPID}: ${StatusText}`;
});

await check(
  "a serial instrument belongs to the service alone, under names by socket and by serial number, and is kept awake",
  () => {
    same("its power", powerOf(at.lineScale), "on");
    return belongsToService(ttyIn(at.lineScale));
  },
);

await check("a HID instrument belongs to the service alone, under names by socket and by serial number", () =>
  belongsToService(hidrawIn(at.hidScale)),
);

await check("what is plugged in is shown with the device that it is, and with the profile that knows it", async () => {
  for (const id of clear) await untilOpen(id);
  const found = service.vitalwire("devices");
  const row = (node: string | undefined) => found.find(({ port }) => port === `/dev/${node}`);
  const seen = [ttyIn(at.lineScale), hidrawIn(at.hidScale), ttyIn(at.twinA), ttyIn(at.twinB), hidrawIn(at.scanner)].map(
    (node) => `${row(node)?.["usb"]} ${row(node)?.["path"]} ${row(node)?.["device"]}`,
  );
  same("the ports", seen, [
    `0b67:0201 ${socketOf(at.lineScale)} scale`,
    `0922:8003 ${socketOf(at.hidScale)} hid-scale`,
    `067b:2303 ${socketOf(at.twinA)} twin-a`,
    `067b:2303 ${socketOf(at.twinB)} twin-b`,
    `05e0:1200 ${socketOf(at.scanner)} scanner`,
  ]);
  same("the HID scale's profiles", row(hidrawIn(at.hidScale))?.["profiles"], ["dymo-usb-scale"]);
  return seen.join("; ");
});

await check("a keyboard scanner that the udev rules name is read through hidraw and types nothing", async () => {
  await until("the scanner to be inhibited", () => isInhibited(at.scanner));
  const typed = await typedWhile(keyboard(at.scanner).event, () => scan("00123456"));
  same("bytes of key events", typed, 0);
  return "the patient was scanned; 0 bytes of key events";
});

await check("the same scanner types once it is no longer inhibited, and is read all the same", async () => {
  const { event, inhibited } = keyboard(at.scanner);
  writeFileSync(inhibited, "0");
  try {
    const typed = await typedWhile(event, () => scan("00777777"), 24);
    if (typed === 0) throw new Error("no key event");
    return "key events came, and the scan";
  } finally {
    writeFileSync(inhibited, "1");
  }
});

await check("a keyboard that the udev rules do not name goes on typing", async () => {
  same("inhibited", isInhibited(at.ownKeyboard), false);
  const typed = await typedWhile(keyboard(at.ownKeyboard).event, () => type(ownKeyboard, "A1"), 24);
  if (typed === 0) throw new Error("no key event");
  return `${typed} bytes of key events`;
});

await check("a scale found by its USB identity is read, for the patient scanned", async () => {
  await scan("00123456");
  await reads("scale exam-1 72.5 kg 00123456", () => lineScale.say(load("72.5")));
  return shown.at(-1) ?? "";
});

await check("a HID scale recognised by its USB identity alone is read, for the patient scanned", async () => {
  await reads("hid-scale exam-1 70.5 kg 00123456", () => weigh(705));
  return shown.at(-1) ?? "";
});

await check(
  "two identical adapters share one link by id and differ by path, and each is read at its own place",
  async () => {
    const [a = "", b = ""] = [ttyIn(at.twinA), ttyIn(at.twinB)];
    const [idsA, idsB] = [linksTo(a, "/dev/serial/by-id"), linksTo(b, "/dev/serial/by-id")];
    same("links by id", idsA.length + idsB.length, 1);
    same(
      "links by path",
      [linksTo(a, "/dev/serial/by-path").length > 0, linksTo(b, "/dev/serial/by-path").length > 0],
      [true, true],
    );
    await reads("twin-a exam-2 61.5 kg nobody", () => twinA.say(load("61.5")));
    await reads("twin-b exam-3 62.5 kg nobody", () => twinB.say(load("62.5")));
    return `${[...idsA, ...idsB].join(" ")}: ${a} and ${b}`;
  },
);

await check(
  "of two identical adapters none is opened where only their identity or the shared link is named",
  async () => {
    const ports = [ttyIn(at.oneOfTwo), ttyIn(at.otherOfTwo)].map((tty) => `/dev/${tty}`).sort();
    for (const link of Object.values(sharedLinks))
      if (!ports.includes(realpathSync(link))) throw new Error(`${link} does not lead to them`);
    for (const instrument of [oneOfTwo, otherOfTwo]) instrument.say(load("99.5"));
    for (const id of unclear) {
      await untilIs(id, "stopped");
      const { problem, bytesIn } = (await service.device(id)) ?? {};
      same(id, [problem?.code, problem?.detail, bytesIn], ["PORT_AMBIGUOUS", ports.join(" and "), 0]);
    }
    same("the readings", await service.readings(), shown);
    return ports.join(" and ");
  },
);

await check("two adapters plugged in again in the other order swap their numbers and keep their places", async () => {
  const before = [ttyIn(at.twinA), ttyIn(at.twinB)];
  twinA.unplug();
  twinB.unplug();
  await untilIs("twin-a", "waiting");
  await untilIs("twin-b", "waiting");
  twinB.plugIn();
  await until("twin-b's port", () => ttyIn(at.twinB));
  twinA.plugIn();
  await untilOpen("twin-a");
  await untilOpen("twin-b");
  same("the numbers", [ttyIn(at.twinB), ttyIn(at.twinA)], before);
  await reads("twin-a exam-2 63.5 kg nobody", () => twinA.say(load("63.5")));
  await reads("twin-b exam-3 64.5 kg nobody", () => twinB.say(load("64.5")));
  return `${before.join(" and ")} were twin-a and twin-b, and are twin-b and twin-a`;
});

const numberBefore = ttyIn(at.lineScale);
await check(
  "a scale pulled out in the middle of a line is missing, gives nothing of it, and the others go on",
  async () => {
    const { bytesIn = 0 } = (await service.device("scale")) ?? {};
    const part = "US,+0000088.8  kg\r\nST,+00000";
    lineScale.say(part);
    await until("some of it", async () => ((await service.device("scale"))?.bytesIn ?? 0) > bytesIn);
    lineScale.unplug();
    await untilIs("scale", "waiting");
    await until("PORT_MISSING", async () => (await service.device("scale"))?.problem?.code === "PORT_MISSING");
    await reads("hid-scale exam-1 71.5 kg 00123456", () => weigh(715));
    return (await service.device("scale"))?.problem?.detail ?? "";
  },
);

await check("a port that comes back under another number is read again", async () => {
  visitor.plugIn();
  const taken = await until("the visitor's port", () => ttyIn(at.visitor));
  same("the number that the visitor takes", taken, numberBefore);
  lineScale.plugIn();
  await untilOpen("scale");
  const after = ttyIn(at.lineScale);
  if (after === numberBefore) throw new Error(`it is ${after} again`);
  await reads("scale exam-1 73.5 kg 00123456", () => lineScale.say(load("73.5")));
  return `${numberBefore} before, ${after} now`;
});

await check("a HID scale pulled out is missing, and is read again when it is back", async () => {
  hidScale.unplug();
  await untilIs("hid-scale", "waiting");
  hidScale.plugIn();
  await untilOpen("hid-scale");
  await reads("hid-scale exam-1 74.5 kg 00123456", () => weigh(745));
  return `${hidrawIn(at.hidScale)}`;
});

await check("a scanner plugged in again is kept from typing again", async () => {
  scanner.unplug();
  await untilIs("scanner", "waiting");
  scanner.plugIn();
  await untilOpen("scanner");
  await until("the scanner to be inhibited", () => isInhibited(at.scanner));
  same("bytes of key events", await typedWhile(keyboard(at.scanner).event, () => scan("00222222")), 0);
  return "0 bytes of key events";
});

await check("a service that hangs is killed by the watchdog, started again by systemd, and reads on", async () => {
  const { MainPID = "", NRestarts } = service.unit();
  same("restarts so far", NRestarts, "0");
  service.watchdogSeconds(30);
  process.kill(Number(MainPID), "SIGSTOP");
  await until(
    "another process",
    () => {
      const now = service.unit();
      return now["ActiveState"] === "active" && now["MainPID"] !== MainPID;
    },
    150_000,
  );
  service.watchdogSeconds(180);
  same("restarts", service.unit()["NRestarts"], "1");
  say("it is started again");
  for (const id of clear) await untilOpen(id);
  await scan("00444444");
  await reads("scale exam-1 77.5 kg 00444444", () => lineScale.say(load("77.5")));
  await reads("hid-scale exam-1 76.5 kg 00444444", () => weigh(765));
  await reads("twin-b exam-3 65.5 kg nobody", () => twinB.say(load("65.5")));
  return `process ${MainPID} before, ${service.unit()["MainPID"]} now`;
});

await check("vitalwire readings lists what the instruments showed, each once, and nothing else", () => {
  const rows = service.vitalwire("readings") as unknown as readonly StoredObservation[];
  same("the readings", rows.map(service.wordsOf), shown);
  return `${shown.length} readings`;
});

await check("a service that systemd stops ends at once, in order", () => {
  service.run("systemctl", "stop", "vitalwire.service");
  const { ActiveState, Result } = service.unit();
  same("the unit", { ActiveState, Result }, { ActiveState: "inactive", Result: "success" });
  return Result ?? "";
});

if (failed.length > 0) say(`the service's log, after ${failed.length} failed checks:\n${service.log()}`);
