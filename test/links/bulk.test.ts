import { expect, test } from "vitest";
import { bulkLink, bulkProblem } from "../../src/links/bulk.ts";
import { BulkConnection, type OpenBulk } from "../../src/links/bulk-connection.ts";
import { until } from "../kit/until.ts";
import { listening, openedWithout } from "../kit/usb-link.ts";

/** The far side of the edge: a claimed interface. */
class FakeBulk implements OpenBulk {
  readonly written: number[][] = [];
  closed = 0;
  asked = 0;
  #come: Uint8Array[] = [];
  #waiting: { resolve(packet: Uint8Array): void; reject(error: Error): void } | undefined;
  /** What becomes of a write; by default it is taken. */
  answer: () => Promise<void> = () => Promise.resolve();

  read(): Promise<Uint8Array> {
    this.asked += 1;
    const packet = this.#come.shift();
    if (packet !== undefined) return Promise.resolve(packet);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.written.push([...bytes]);
    return this.answer();
  }

  async close(): Promise<void> {
    this.closed += 1;
    this.#waiting?.reject(new Error("cancelled"));
  }

  say(...bytes: number[]): void {
    const packet = Uint8Array.from(bytes);
    if (this.#waiting === undefined) this.#come.push(packet);
    else this.#waiting.resolve(packet);
    this.#waiting = undefined;
  }

  unplug(): void {
    this.#waiting?.reject(new Error("LIBUSB_TRANSFER_NO_DEVICE"));
  }
}

function connected() {
  const device = new FakeBulk();
  return { device, connection: new BulkConnection(device, "/dev/bus/usb/001/004:0"), ...listening() };
}

test("each packet is one data event; an empty one, which ends a transfer, is none", async () => {
  const { device, connection, heard, events } = connected();
  connection.start(events);
  device.say(0xe2, 0);
  await until(() => heard.length === 1);
  device.say();
  await until(() => device.asked === 3);
  device.say(1, 2, 3);
  await until(() => heard.length === 2);
  expect(heard).toEqual([
    [0xe2, 0],
    [1, 2, 3],
  ]);
  await connection.close();
});

test("the failed read is the unplugging: told once, and the device is given back", async () => {
  const { device, connection, endings, events } = connected();
  connection.start(events);
  device.unplug();
  await until(() => endings.length > 0);
  connection.write(Uint8Array.of(1));
  await connection.close();
  expect([endings, device.closed, device.written]).toEqual([["lost: LIBUSB_TRANSFER_NO_DEVICE"], 1, []]);
});

test("writes go out in their order, one transfer each, and before the closing, which is no loss", async () => {
  const { device, connection, endings, events } = connected();
  connection.start(events);
  connection.write(Uint8Array.of(1, 2));
  connection.write(new Uint8Array());
  connection.write(Uint8Array.of(3));
  await connection.close();
  expect([device.written, device.closed, endings]).toEqual([[[1, 2], [3]], 1, []]);
});

test("an instrument that refuses a transfer, or takes none, is lost; the closing does not wait for it", async () => {
  const refusing = connected();
  refusing.device.answer = () => Promise.reject(new Error("LIBUSB_TRANSFER_STALL"));
  refusing.connection.start(refusing.events);
  refusing.connection.write(Uint8Array.of(1));
  await until(() => refusing.endings.length > 0);
  expect(refusing.endings).toEqual(["lost: LIBUSB_TRANSFER_STALL"]);

  const stuck = connected();
  stuck.device.answer = () => new Promise(() => {});
  stuck.connection.start(stuck.events);
  for (let i = 0; i < 5; i++) stuck.connection.write(new Uint8Array(64 * 1024));
  await until(() => stuck.endings.length > 0);
  expect(stuck.endings).toEqual(["lost: the instrument takes no bytes"]);

  const leaving = connected();
  leaving.device.answer = () => new Promise(() => {});
  leaving.connection.start(leaving.events);
  leaving.connection.write(Uint8Array.of(1));
  await leaving.connection.close();
  expect(leaving.device.closed).toBe(1);
});

test("while paused nothing more is asked of the instrument, and nothing is lost", async () => {
  const { device, connection, heard, events } = connected();
  connection.start(events);
  connection.pause();
  device.say(1);
  device.say(2);
  await until(() => device.asked === 1);
  await Promise.resolve();
  expect([heard, device.asked]).toEqual([[], 1]);
  connection.resume();
  await until(() => heard.length === 2);
  expect(heard).toEqual([[1], [2]]);
  await connection.close();
});

test("without node-usb's system library the package to install is named", async () => {
  expect(
    await openedWithout("libudev.so.1", { module: "bulk.js", make: "bulkLink" }, "/dev/bus/usb/001/250:0"),
  ).toEqual({
    ok: false,
    problem: {
      code: "LIBRARY_MISSING",
      detail: expect.stringMatching(/^usb does not load \(.*libudev.*\); install libudev1$/),
    },
  });
});

test("a device that is not there is said to be missing", async () => {
  const missing = await bulkProblem();
  const none = await bulkLink("/dev/bus/usb/001/250:0").open(new AbortController().signal);
  if (missing !== undefined) {
    // This machine lacks the library, and says so of whatever is opened.
    expect(none).toEqual({ ok: false, problem: missing });
    return;
  }
  const detail = "/dev/bus/usb/001/250:0: no such USB device";
  expect(none).toEqual({ ok: false, problem: { code: "PORT_MISSING", detail } });
});
