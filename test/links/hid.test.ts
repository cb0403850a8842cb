import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { hidLink, hidProblem } from "../../src/links/hid.ts";
import { HidConnection, type OpenHid } from "../../src/links/hid-connection.ts";
import { until } from "../kit/until.ts";
import { listening, openedWithout } from "../kit/usb-link.ts";

/** The far side of the edge: what node-hid's HIDAsync is to a connection. */
class FakeHid extends EventEmitter implements OpenHid {
  readonly written: number[][] = [];
  closed = 0;
  /** What becomes of a write; by default it is taken. */
  answer: () => Promise<number> = () => Promise.resolve(0);
  /** When reading began, which node-hid does one tick after the listener came. */
  began: "open" | "after close" | undefined;

  constructor() {
    super();
    this.on("newListener", (event) => {
      if (event !== "data") return;
      process.nextTick(() => {
        this.began = this.closed > 0 ? "after close" : "open";
      });
    });
  }

  async write(report: Buffer): Promise<number> {
    this.written.push([...report]);
    return this.answer();
  }

  async sendFeatureReport(report: Buffer): Promise<number> {
    this.written.push([-1, ...report]);
    return this.answer();
  }

  async close(): Promise<void> {
    this.closed += 1;
  }
}

function connected() {
  const device = new FakeHid();
  return { device, connection: new HidConnection(device, "/dev/hidraw0"), ...listening() };
}

test("one report is one data event, as it came, in memory of its own kind", () => {
  const { device, connection, heard, events } = connected();
  let plain = false;
  connection.start({
    ...events,
    data: (bytes) => {
      events.data(bytes);
      plain = !Buffer.isBuffer(bytes);
    },
  });
  device.emit("data", Buffer.from([3, 4, 3, 0xff, 0xd2, 4]));
  device.emit("data", Buffer.from([3]));
  expect(heard).toEqual([[3, 4, 3, 0xff, 0xd2, 4], [3]]);
  expect(plain).toBe(true);
});

test("the error is the unplugging: told once, and the handle is closed", async () => {
  const { device, connection, endings, events } = connected();
  connection.start(events);
  device.emit("error", "could not read from HID device: unexpected poll error (device disconnected)");
  device.emit("error", "again");
  device.emit("data", Buffer.from([1]));
  await until(() => endings.length > 0);
  expect(endings).toEqual(["lost: could not read from HID device: unexpected poll error (device disconnected)"]);
  expect(device.closed).toBe(1);
  await connection.close();
  connection.write(Uint8Array.of(0, 1));
  expect([device.closed, device.written]).toEqual([1, []]);
});

test("reports are written whole, in their order, and before the closing", async () => {
  const { device, connection, events } = connected();
  connection.start(events);
  connection.write(Uint8Array.of(0, 1, 2));
  connection.write(new Uint8Array());
  connection.write(Uint8Array.of(4, 7));
  await connection.close();
  expect(device.written).toEqual([
    [0, 1, 2],
    [4, 7],
  ]);
  expect(device.closed).toBe(1);
});

test("an instrument that refuses a report, or takes none, is lost", async () => {
  const refusing = connected();
  refusing.device.answer = () => Promise.reject(new Error("Broken pipe"));
  refusing.connection.start(refusing.events);
  refusing.connection.write(Uint8Array.of(0, 1));
  await until(() => refusing.endings.length > 0);
  expect(refusing.endings).toEqual(["lost: Broken pipe"]);

  const stuck = connected();
  stuck.device.answer = () => new Promise(() => {});
  stuck.connection.start(stuck.events);
  for (let i = 0; i < 5; i++) stuck.connection.write(new Uint8Array(64 * 1024));
  await until(() => stuck.endings.length > 0);
  expect(stuck.endings).toEqual(["lost: the instrument takes no reports"]);
  expect(stuck.device.closed).toBe(1);
});

test("an instrument that takes no reports does not keep the gateway from closing", async () => {
  const { device, connection, events } = connected();
  device.answer = () => new Promise(() => {});
  connection.start(events);
  connection.write(Uint8Array.of(0, 1));
  await connection.close();
  expect(device.closed).toBe(1);
});

test("a connection closed in the moment of its start is closed only after reading began", async () => {
  const { device, connection, endings, events } = connected();
  connection.start(events);
  await connection.close();
  expect([device.began, device.closed, endings]).toEqual(["open", 1, []]);
});

test("reports that come while reading is paused are kept in order, though not without end", async () => {
  const { device, connection, heard, endings, events } = connected();
  connection.start(events);
  connection.pause();
  for (const n of [1, 2, 3]) device.emit("data", Buffer.from([n]));
  expect(heard).toEqual([]);
  connection.resume();
  device.emit("data", Buffer.from([4]));
  expect(heard).toEqual([[1], [2], [3], [4]]);

  connection.pause();
  for (let i = 0; i < 5000; i++) device.emit("data", Buffer.from([0]));
  await until(() => endings.length > 0);
  expect(endings).toEqual(["lost: more reports came than can be kept"]);
});

test("a pause asked for while kept reports flow holds the rest back", () => {
  const { device, connection, events } = connected();
  const seen: number[] = [];
  connection.start({
    ...events,
    data: ([n = 0]) => {
      seen.push(n);
      if (n === 2) connection.pause();
    },
  });
  connection.pause();
  for (const n of [1, 2, 3]) device.emit("data", Buffer.from([n]));
  connection.resume();
  device.emit("data", Buffer.from([4]));
  expect(seen).toEqual([1, 2]);
  connection.resume();
  expect(seen).toEqual([1, 2, 3, 4]);
});

test("without node-hid's system libraries the packages to install are named", async () => {
  expect(await openedWithout("libusb-1.0.so.0", { module: "hid.js", make: "hidLink" }, "/dev/hidraw99")).toEqual({
    ok: false,
    problem: {
      code: "LIBRARY_MISSING",
      detail: expect.stringMatching(/^node-hid does not load \(.*libusb-1\.0.*\); install libudev1 and libusb-1\.0-0$/),
    },
  });
});

test("opening says what is wrong: no such interface, or a file that is none", async () => {
  const signal = new AbortController().signal;
  const missing = await hidProblem();
  const none = await hidLink("/dev/hidraw99").open(signal);
  const other = await hidLink("/dev/null").open(signal);
  if (missing !== undefined) {
    // This machine lacks the libraries, and says so of whatever is opened.
    expect(missing.code).toBe("LIBRARY_MISSING");
    expect([none, other]).toEqual([1, 2].map(() => ({ ok: false, problem: missing })));
    return;
  }
  const detail = "/dev/hidraw99: No such file or directory";
  expect(none).toEqual({ ok: false, problem: { code: "PORT_MISSING", detail } });
  expect(other).toMatchObject({ ok: false, problem: { code: "LINK_LOST" } });
});

test("a feature report goes out as one, in its order among the other reports", async () => {
  const { device, connection, events } = connected();
  connection.start(events);
  connection.write(Uint8Array.of(1, 10));
  connection.write(Uint8Array.of(0x50, 1), "feature-report");
  connection.write(Uint8Array.of(1, 11));
  await until(() => device.written.length === 3);
  expect(device.written).toEqual([
    [1, 10],
    [-1, 0x50, 1],
    [1, 11],
  ]);
  await connection.close();
});
