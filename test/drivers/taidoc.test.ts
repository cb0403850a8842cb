import { describe, expect, it } from "vitest";
import { driver } from "../../drivers/taidoc/driver.ts";
import { request } from "../../drivers/taidoc/packet.ts";
import { simulation } from "../../drivers/taidoc/simulation.ts";
import type { Action } from "../../src/driver-kit/contract.ts";
import type { Instrument } from "../../src/driver-kit/instrument.ts";
import { type Answer, VirtualTime } from "../../src/driver-kit/replay.ts";

const options = { measures: "blood-pressure", models: ["31"] };
const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");

/** A device on its cable: lets time pass, and tells what was read, by channel and digits, and which commands were sent. */
function cable(instrument: Instrument, before: (command: number) => void = () => {}, more = {}) {
  const answers: Answer[] = [];
  const session = driver.session(driver.options.parse({ ...options, ...more }));
  const time = new VirtualTime(session, () => answers.shift() ?? "stored");
  const sent = new Set<number>();
  let opened = false;
  return {
    sent,
    answers,
    pass(ms: number): string {
      const found: string[] = [];
      const take = (actions: readonly Action[]): void => {
        for (const action of actions) {
          if (action.do === "report")
            found.push(...action.findings.map(({ channel, value }) => `${channel} ${value.text}`));
          if (action.do !== "write") continue;
          const command = action.bytes[1] ?? 0;
          sent.add(command);
          before(command);
          for (const reply of instrument.handle({ on: "data", bytes: action.bytes }))
            if (reply.do === "write") take(time.give({ on: "data", bytes: reply.bytes }));
        }
      };
      const until = time.now + ms;
      if (!opened) take(time.give({ on: "open" }));
      opened = true;
      for (; (time.alarm ?? until + 1) <= until; ) take(time.advance(time.alarm ?? until));
      time.advance(until);
      return found.join(", ");
    },
  };
}

const measure = (instrument: Instrument, SYS: string, minute: number) =>
  instrument.handle({
    on: "measure",
    values: { SYS, DIA: "78", PULSE: "70" },
    at: `2026-03-14T09:${String(minute).padStart(2, "0")}:00`,
  });

describe("TaiDoc commands", () => {
  it("agree with the published ones", () => {
    expect(hex(request("model"))).toBe("51 24 00 00 00 00 a3 18");
    expect(hex(request("connect"))).toBe("51 22 00 00 00 00 a3 16");
    expect(hex(request("count"))).toBe("51 2b 00 00 00 00 a3 1f");
  });
});

describe("a TaiDoc session", () => {
  it("reads each record once while the device stays, and only with commands that read", () => {
    const instrument = simulation.instrument();
    measure(instrument, "122", 10);
    measure(instrument, "130", 20);
    const on = cable(instrument);
    expect(on.pass(60_000)).toBe("SYS 130, DIA 78, PULSE 70, SYS 122, DIA 78, PULSE 70");
    measure(instrument, "140", 30);
    expect(on.pass(600_000)).toBe("SYS 140, DIA 78, PULSE 70");
    expect([...on.sent].sort()).toEqual([0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x2b]);
  });

  it("gives no value another record's time when a measurement comes in between", () => {
    const instrument = simulation.instrument();
    measure(instrument, "122", 10);
    let due = true;
    const on = cable(instrument, (command) => {
      if (command !== 0x26 || !due) return;
      due = false;
      measure(instrument, "140", 30);
    });
    expect(on.pass(2000)).toBe("");
    expect(on.pass(20_000)).toBe("SYS 140, DIA 78, PULSE 70, SYS 122, DIA 78, PULSE 70");
  });

  it("reads what is behind the known records after a download that was cut", () => {
    const instrument = simulation.instrument();
    for (const minute of [10, 20, 30]) measure(instrument, `1${minute}`, minute);
    let asked = 0;
    const on = cable({
      handle: (event) => {
        const cut = event.on === "data" && event.bytes[1] === 0x26 && ++asked > 1 && asked < 6;
        return cut ? [] : instrument.handle(event);
      },
    });
    expect(on.pass(5000)).toBe("SYS 130, DIA 78, PULSE 70");
    expect(on.pass(60_000)).toBe("SYS 120, DIA 78, PULSE 70, SYS 110, DIA 78, PULSE 70");
  });

  it("reads again what could not be stored", () => {
    const instrument = simulation.instrument();
    measure(instrument, "122", 10);
    const on = cable(instrument);
    on.answers.push("refused");
    expect(on.pass(2000)).toBe("SYS 122, DIA 78, PULSE 70");
    expect(on.pass(20_000)).toBe("SYS 122, DIA 78, PULSE 70");
    expect(on.pass(600_000)).toBe("");
  });

  const withoutSerial = (instrument: Instrument, isMissing: () => boolean = () => true): Instrument => ({
    handle: (event) => (event.on === "data" && event.bytes[1] === 0x27 && isMissing() ? [] : instrument.handle(event)),
  });

  it("reads nothing of a device that does not give its serial number, until it does", () => {
    const instrument = simulation.instrument();
    measure(instrument, "122", 10);
    let isMissing = true;
    const on = cable(withoutSerial(instrument, () => isMissing));
    expect(on.pass(60_000)).toBe("");
    expect(on.sent.has(0x25)).toBe(false);
    isMissing = false;
    expect(on.pass(60_000)).toBe("SYS 122, DIA 78, PULSE 70");
    isMissing = true;
    expect(on.pass(600_000)).toBe("");
  });

  it("does not ask a model for its serial number that is said to give none", () => {
    const instrument = simulation.instrument();
    measure(instrument, "122", 10);
    const on = cable(withoutSerial(instrument), () => {}, { serialNumber: "none" });
    expect(on.pass(600_000)).toBe("SYS 122, DIA 78, PULSE 70");
    expect(on.sent.has(0x27)).toBe(false);
  });
});
