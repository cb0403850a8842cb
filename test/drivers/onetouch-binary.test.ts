import { describe, expect, it } from "vitest";
import { driver } from "../../drivers/onetouch-binary/driver.ts";
import { decodeFrame, encodeFrame } from "../../drivers/onetouch-binary/frames.ts";
import { simulation } from "../../drivers/onetouch-binary/simulation.ts";
import { collect } from "../../src/driver-kit/replay.ts";
import { fill, talk } from "../kit/download.ts";

const hex = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");

describe("a LifeScan frame", () => {
  it("is the one printed: disconnect, version, acknowledgement, count, record", () => {
    expect(hex(encodeFrame(0x08))).toBe("02 06 08 03 c2 62");
    expect(hex(encodeFrame(0x03, [0x05, 0x0d, 0x02]))).toBe("02 09 03 05 0d 02 03 08 9f");
    expect(hex(encodeFrame(0x06))).toBe("02 06 06 03 cd 41");
    expect(hex(encodeFrame(0x00, [0x05, 0x1f, 0xf5, 0x01]))).toBe("02 0a 00 05 1f f5 01 03 38 aa");
    const record = [0x05, 0x06, 0xa5, 0x5d, 0x0d, 0x5e, 0x6b, 0, 0, 0];
    expect(hex(encodeFrame(0x02, record))).toBe("02 10 02 05 06 a5 5d 0d 5e 6b 00 00 00 03 b8 98");
  });
});

describe.each(["ultramini", "verio-iq"] as const)("a full memory of a %s", (dialect) => {
  it("is read as one report, each result once, with requests that only read", () => {
    const meter = simulation.instrument({ dialect });
    fill(meter, 500);
    const { time, written } = talk(driver, { dialect }, meter, 1000);
    const { findings, steps } = collect(time.steps);
    expect(steps.filter((step) => "action" in step && step.action.do === "report")).toHaveLength(1);
    expect(new Set(findings.map(({ identity }) => identity)).size).toBe(500);
    const [first] = findings;
    expect(first?.deviceTime?.local).toBe("2026-11-23T08:19:00");
    const requests = written.map(({ bytes }) => decodeFrame(bytes).payload).filter((payload) => payload.length > 1);
    const commands = new Set(requests.map((payload) => hex(payload.subarray(1, payload[1] === 0x20 ? 3 : 2))));
    // Reading the clock is 20 02; setting it would be 20 01, and erasing 1a.
    const allowed = dialect === "ultramini" ? ["0b", "0d", "1f", "20 02"] : ["0b", "0d", "20 02", "21", "27"];
    expect([...commands].sort()).toEqual(allowed);
  });
});
