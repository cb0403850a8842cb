import { execFileSync, spawn } from "node:child_process";
import { afterEach, expect, test } from "vitest";
import { type SerialSettings, serialSettings } from "../../src/config/profile.ts";
import { latin1 } from "../../src/driver-kit/text.ts";
import type { Connection, Ending } from "../../src/links/link.ts";
import { serialLink } from "../../src/links/serial.ts";
import { type PtyInstrument, ptyInstrument } from "../kit/pty.ts";
import { until } from "../kit/until.ts";

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function plugIn(): Promise<PtyInstrument> {
  const instrument = await ptyInstrument();
  ends.push(instrument.unplug);
  return instrument;
}

interface Heard {
  readonly connection: Connection;
  text: string;
  ending?: Ending;
}

async function open(path: string, settings: Partial<SerialSettings> = {}): Promise<Heard> {
  const link = serialLink(path, serialSettings.parse({ baudRate: 9600, ...settings }));
  const opened = await link.open(new AbortController().signal);
  if (!opened.ok) throw new Error(`${opened.problem.code}: ${opened.problem.detail}`);
  const heard: Heard = { connection: opened.connection, text: "" };
  ends.push(() => opened.connection.close());
  opened.connection.start({
    data: (bytes) => {
      heard.text += latin1(bytes);
    },
    closed: (ending) => {
      heard.ending = ending;
    },
  });
  return heard;
}

async function refusal(path: string, settings: Partial<SerialSettings> = {}): Promise<string> {
  const link = serialLink(path, serialSettings.parse({ baudRate: 9600, ...settings }));
  const opened = await link.open(new AbortController().signal);
  if (opened.ok) await opened.connection.close();
  return opened.ok ? "opened" : opened.problem.code;
}

const bytes = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));

const everyByte = latin1(Uint8Array.from({ length: 256 }, (_, i) => i));

test("bytes of every value arrive unchanged at the instrument", async () => {
  const instrument = await plugIn();
  const heard = await open(instrument.path);
  heard.connection.write(bytes(everyByte));
  await until(() => instrument.received().length >= 256);
  expect(instrument.received()).toBe(everyByte);
});

test("bytes of every value arrive unchanged from the instrument", async () => {
  const instrument = await plugIn();
  const heard = await open(instrument.path);
  instrument.write(everyByte);
  await until(() => heard.text.length >= 256);
  expect(heard.text).toBe(everyByte);
});

test("a second opener is refused with PORT_BUSY, and the first goes on", async () => {
  const instrument = await plugIn();
  const heard = await open(instrument.path);
  expect(await refusal(instrument.path)).toBe("PORT_BUSY");
  instrument.write("still here");
  await until(() => heard.text === "still here");
  await heard.connection.close();
  expect(await refusal(instrument.path)).toBe("opened");
});

test("a path without a port, and a file that is none, are told apart", async () => {
  expect(await refusal("/dev/vitalwire-none")).toBe("PORT_MISSING");
  expect(await refusal("/etc/hostname")).toBe("PORT_SETTINGS");
  expect(await refusal("/tmp")).toBe("PORT_MISSING");
});

test("settings that the port cannot take are refused", async () => {
  const instrument = await plugIn();
  expect(await refusal(instrument.path, { stopBits: 1.5, dataBits: 8 })).toBe("PORT_SETTINGS");
  // A pseudo-terminal has no parity bit.
  expect(await refusal(instrument.path, { parity: "mark" })).toBe("PORT_SETTINGS");
});

test("a port without modem lines opens all the same, and says so", async () => {
  const instrument = await plugIn();
  const heard = await open(instrument.path, { dtr: "low", rts: "low" });
  expect(heard.connection.notes.join()).toContain("DTR and RTS");
});

test("bytes with line errors are shown and not dropped, and the flow control is the one asked for", async () => {
  const instrument = await plugIn();
  await open(instrument.path, { flowControl: "xon-xoff" });
  const flags = execFileSync("stty", ["-F", instrument.path, "-a"], { encoding: "utf8" }).split(/[\s;]+/);
  expect(flags).toEqual(expect.arrayContaining(["-ignpar", "inpck", "-parmrk", "ixon", "ixoff"]));
});

test("an unplugged port is lost", async () => {
  const instrument = await plugIn();
  const heard = await open(instrument.path);
  await instrument.unplug();
  await until(() => heard.ending !== undefined);
  expect(heard.ending?.reason).toBe("lost");
});

test("a port that is unplugged in the middle of a burst is lost too, and not read for ever", async () => {
  for (let round = 0; round < 5; round++) {
    const instrument = await plugIn();
    const heard = await open(instrument.path);
    const burst = spawn("sh", ["-c", "while printf 0123456789; do :; done"], { stdio: ["ignore", "pipe", "ignore"] });
    burst.stdout.on("data", (piece: Buffer) => instrument.write(piece));
    await until(() => heard.text.length > 20_000);
    await instrument.unplug();
    burst.kill();
    await until(() => heard.ending !== undefined);
    expect(heard.ending?.reason).toBe("lost");
  }
});

test("what is written while the instrument takes nothing arrives later, in order", async () => {
  const instrument = await plugIn();
  const heard = await open(instrument.path);
  instrument.freeze();
  let sent = "";
  for (let i = 0; i < 3000; i++) {
    const text = `line ${i}\n`;
    sent += text;
    heard.connection.write(bytes(text));
  }
  instrument.thaw();
  await until(() => instrument.received().length === sent.length);
  expect(instrument.received()).toBe(sent);
});

test("an instrument that takes nothing at all is given up, and closing it does not hang", async () => {
  const instrument = await plugIn();
  const heard = await open(instrument.path);
  instrument.freeze();
  for (let i = 0; i < 300; i++) heard.connection.write(new Uint8Array(1024));
  await until(() => heard.ending !== undefined);
  expect(heard.ending).toMatchObject({ reason: "lost", detail: "the instrument takes no bytes" });
});

test("a paused port leaves the bytes with the sender until it is resumed", async () => {
  const instrument = await plugIn();
  const heard = await open(instrument.path);
  heard.connection.write(bytes("one"));
  await until(() => instrument.received() === "one");
  heard.connection.pause();
  instrument.write("answer");
  heard.connection.write(bytes("two"));
  await until(() => instrument.received() === "onetwo");
  expect(heard.text).toBe("");
  heard.connection.resume();
  await until(() => heard.text === "answer");
});
