import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { line } from "../../drivers/onetouch-ultra2/replies.ts";
import { openPty, type Pty } from "../../src/cli/simulate/pty.ts";
import { resolveProfiles, shippedProfileSources } from "../../src/config/profiles.ts";
import { loadDriver } from "../../src/devices/drivers.ts";
import { skewOf } from "../../src/devices/skew.ts";
import { parseCapture } from "../../src/driver-kit/capture.ts";
import { replay } from "../../src/driver-kit/replay.ts";
import { normalizeReport } from "../../src/normalize/report.ts";
import { closingAfterAll } from "../kit/closing.ts";
import { type GatewayProcess, removeSite, siteFolder, startGateway, untilDevice, writeSite } from "../kit/gateway.ts";
import { until } from "../kit/until.ts";
import { circumstances } from "../normalize/circumstances.ts";

const minute = 60_000;
const capacity = 500;

/** A OneTouch Ultra 2 as the gateway meets it: its memory, newest first, and its clock, so far off the true one. */
class Meter {
  readonly serial: string;
  readonly aheadMs: number;
  memory: string[] = [];
  /** How often it was asked for its memory. */
  downloads = 0;
  /** Whether it was asked something since: then all that it gave was taken in. */
  askedSince = false;
  #heard = "";

  constructor(serial: string, aheadMs = 0) {
    this.serial = serial;
    this.aheadMs = aheadMs;
  }

  /** A measurement of so long ago, by its own clock, or of a date that it makes up. */
  measure(glucose: number, agoMs: number, date?: string): void {
    const at = stamp(new Date(Date.now() + this.aheadMs - agoMs), date);
    this.memory.unshift(`P ${at},"  ${String(glucose).padStart(3, "0")} ","N","00", 00`);
    this.memory.splice(capacity);
  }

  hear(bytes: Uint8Array, pty: Pty): void {
    const commands = (this.#heard + Buffer.from(bytes).toString("latin1")).split("\r");
    this.#heard = commands.pop() ?? "";
    for (const command of commands) for (const text of this.#answer(command)) pty.stream.write(line(text));
  }

  #answer(command: string): readonly string[] {
    switch (command) {
      case "DM@":
        this.askedSince = true;
        return [`@ "${this.serial}"`];
      case "DM?":
        return ["?P02.00.00 30/08/06"];
      case "DMF":
        return [`F ${stamp(new Date(Date.now() + this.aheadMs))}`];
      case "DMSU?":
        return ['SU?,"MG/DL "'];
      case "DMP":
        this.downloads += 1;
        this.askedSince = false;
        return [`P ${String(this.memory.length).padStart(3, "0")},"${this.serial}","MG/DL "`, ...this.memory];
      default:
        return [];
    }
  }
}

/** A time as the meter writes it, on a clock set to UTC. */
function stamp(at: Date, date?: string): string {
  const iso = at.toISOString();
  const day = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"][at.getUTCDay()];
  return `"${day}","${date ?? `${iso.slice(5, 7)}/${iso.slice(8, 10)}/${iso.slice(2, 4)}`}","${iso.slice(11, 19)}   "`;
}

describe("a glucose meter's memory", () => {
  const closing = closingAfterAll();
  let gateway: GatewayProcess;
  let port: string;

  beforeAll(async () => {
    const folder = siteFolder();
    closing(() => removeSite(folder));
    port = join(folder, "meter");
    writeSite(folder, {
      site: "north",
      gateway: "gw-1",
      // No clock is put forward here, so an hour off is an hour wrong, whatever the day of the test.
      timezone: "UTC",
      state: join(folder, "state"),
      clock: { holdUnsynchronised: false },
      journal: { ballastMegabytes: 1 },
      places: [{ id: "room-4", kind: "exam-room", unverified: "allow", barcodes: [{ means: "patient", prefix: "P" }] }],
      devices: [{ id: "meter-4", place: "room-4", profile: "onetouch-ultra2", link: { serial: { path: port } } }],
      sinks: [],
    });
    gateway = await startGateway(folder);
    closing(() => gateway.stop());
  });

  const count = async (): Promise<number> => (await gateway.status()).counts.observations;

  /** Puts the meter on the cable, lets it be read once, until so many new results are stored, and takes it off. */
  async function read(meter: Meter, added: number) {
    const [before, downloads] = [await count(), meter.downloads];
    const pty = await openPty(port);
    pty.stream.on("data", (bytes: Uint8Array) => meter.hear(bytes, pty));
    await until(() => meter.downloads > downloads && (added > 0 || meter.askedSince));
    await until(async () => (await count()) >= before + added);
    pty.close();
    await untilDevice(gateway, "meter-4", "waiting", "PORT_MISSING");
    expect(await count()).toBe(before + added);
    const readings = await gateway.readings();
    return readings.map(({ observation }) => observation).filter(({ device }) => device.serial === meter.serial);
  }

  const texts = (stored: Awaited<ReturnType<typeof read>>) =>
    stored.map(({ value }) => (value.kind === "quantity" ? value.text : value.kind));

  test("of 500 results is stored once, read again adds none, and later only what is new", async () => {
    const meter = new Meter("AA000001Y");
    for (let n = 0; n < capacity; n++) meter.measure(100 + (n % 300), (capacity - n) * 5 * minute);
    expect(await read(meter, capacity)).toHaveLength(capacity);
    await read(meter, 0);
    meter.measure(481, 2 * minute);
    meter.measure(482, minute);
    // Full, it forgot its two oldest for them, and numbers all others anew.
    const stored = await read(meter, 2);
    expect(stored).toHaveLength(capacity + 2);
    expect(
      texts(stored)
        .filter((text) => text === "481" || text === "482")
        .sort(),
    ).toEqual(["481", "482"]);
  });

  test("that was erased and filled again gives what is new, and a few of before not again", async () => {
    const meter = new Meter("BB000002Y");
    meter.measure(111, 90 * minute);
    meter.measure(112, 80 * minute);
    await read(meter, 2);
    const kept = meter.memory;
    meter.memory = [];
    await read(meter, 0);
    meter.measure(113, 5 * minute);
    await read(meter, 1);
    meter.memory = [...meter.memory, ...kept];
    expect(texts(await read(meter, 0)).sort()).toEqual(["111", "112", "113"]);
  });

  test("of another meter on the same cable is its own, though it holds the same results", async () => {
    const [first, second] = [new Meter("CC000003Y"), new Meter("CC000004Y")];
    first.measure(121, 30 * minute);
    second.memory = first.memory;
    await read(first, 1);
    expect(texts(await read(second, 1))).toEqual(["121"]);
    await read(first, 0);
  });

  test.each([
    ["a right clock", "DD000005Y", 0, "device", false],
    ["a clock ten minutes ahead", "DD000006Y", 10 * minute, "device-corrected", false],
    ["a clock twenty minutes ahead", "DD000007Y", 20 * minute, "device-corrected", true],
    ["a clock an hour behind", "DD000008Y", -60 * minute, "device-corrected", true],
  ])(
    "of a meter with %s keeps the meter's own text, how far off it is, and is held where it must be",
    async (...row) => {
      const [, serial, aheadMs, source, held] = row;
      const meter = new Meter(serial, aheadMs);
      meter.measure(131, 30 * minute);
      const [stored] = await read(meter, 1);
      expect(stored?.times).toMatchObject({ source, device: { text: expect.stringMatching(/\d\d:\d\d:\d\d/) } });
      expect(Math.abs((stored?.times.skewMs ?? Number.NaN) - aheadMs)).toBeLessThan(minute);
      const ago = Date.parse(stored?.times.received.wall ?? "") - Date.parse(stored?.times.measured ?? "");
      expect(Math.abs(ago - 30 * minute)).toBeLessThan(minute);
      const reasons = stored?.standing.state === "held" ? stored.standing.reasons : [];
      expect(reasons.includes("device-clock")).toBe(held);
      expect(reasons.includes("no-patient")).toBe(!held);
    },
  );

  test("with an impossible date keeps it as text, is held, and hides no other result", async () => {
    const meter = new Meter("EE000009Y");
    meter.measure(141, 30 * minute);
    meter.measure(142, 20 * minute, "02/30/15");
    const stored = await read(meter, 2);
    const impossible = stored.find(({ value }) => value.kind === "quantity" && value.text === "142");
    expect(impossible?.times.device?.text).toContain("02/30/15");
    expect(impossible?.times.device).not.toHaveProperty("local");
    expect(impossible?.standing).toMatchObject({ reasons: expect.arrayContaining(["device-clock"]) });
    const sound = stored.find(({ value }) => value.kind === "quantity" && value.text === "141");
    expect(sound?.standing).toEqual({ state: "held", reasons: ["no-patient"] });
  });
});

describe("the results of a meter that nobody put forward in spring", () => {
  const zone = "America/New_York";

  /** The shipped capture of 21 March 2015, 16:45:24 by the meter, met at this true time. */
  async function met(wall: string) {
    const driver = await loadDriver("onetouch-ultra2");
    const { profiles } = await resolveProfiles(await shippedProfileSources(), [], async (id) =>
      id === driver?.id ? driver.options : undefined,
    );
    const profile = profiles.get("onetouch-ultra2")?.profile;
    const parsed = parseCapture(await readFile("drivers/onetouch-ultra2/captures/download.jsonl", "utf8"));
    if (driver === undefined || profile === undefined || !parsed.ok) throw new Error("the shipped capture is missing");
    const { findings, identities } = replay(driver.session(driver.options.parse({})), parsed.capture.lines);
    const skewMs = skewOf(identities[0]?.clock ?? { text: "" }, wall, zone);
    if (skewMs === undefined) throw new Error("the meter told no time");
    const received = { wall, monotonicMs: 1, boot: "b", quality: "synchronised" } as const;
    const around = circumstances(profile, { received, skewMs, timezone: zone });
    return normalizeReport(findings, around, () => "id").map(({ times, standing }) => ({ ...times, standing }));
  }

  test("are at the hour that was meant, and are not held, in the weeks after the change", async () => {
    const [, stored] = await met("2015-03-21T21:45:24.000Z");
    expect(stored).toMatchObject({
      device: { text: expect.stringContaining("16:42:11") },
      measured: "2015-03-21T21:42:11.000Z",
      source: "device-corrected",
      skewMs: -60 * minute,
      standing: { state: "ready" },
    });
  });

  test("are held when the clock is off by another time", async () => {
    const [, stored] = await met("2015-03-21T21:05:24.000Z");
    expect(stored).toMatchObject({ skewMs: -20 * minute, standing: { state: "held", reasons: ["device-clock"] } });
  });
});
