import { describe, expect, it } from "vitest";
import { driver } from "../../drivers/contour/driver.ts";
import { decodeMessage, encodeFrame } from "../../drivers/contour/frames.ts";
import { messageFramer, reportsOf } from "../../drivers/contour/reports.ts";
import { simulation } from "../../drivers/contour/simulation.ts";
import { collect, joined } from "../../src/driver-kit/replay.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";
import { fill, talk } from "../kit/download.ts";

describe("a Contour frame", () => {
  it("is the one that was captured", () => {
    const record = "R|67|^^^Glucose|7.9|mmol/L^P||B||201011281949";
    expect(latin1(encodeFrame(1, record))).toBe(`\x021${record}\r\x1704\r\n`);
    expect(decodeMessage(encodeFrame(1, record))).toEqual({ is: "frame", number: 1, record });
  });

  it("is cut into reports and put together again, whatever its length", () => {
    for (let length = 1; length <= 200; length++) {
      const message = joined([encodeFrame(1, `H|${"x".repeat(length)}`), Uint8Array.of(0x05)]);
      const framer = messageFramer();
      const pieces = reportsOf(message, "host").flatMap((report) => framer.push(report));
      const frames = pieces.flatMap((piece) => (piece.is === "frame" ? [decodeMessage(piece.bytes)] : []));
      expect(frames[0]).toMatchObject({ is: "frame", number: 1 });
      expect(framer.pending).toBe(0);
    }
  });

  it("is not taken where its sum is wrong, nor where something stands behind it", () => {
    expect(decodeMessage(bytesOf("\x022P|1\r\x1753\r\n"))).toEqual({ is: "frame", number: 2, record: "P|1" });
    expect(decodeMessage(bytesOf("\x022P|1\r\x1754\r\n"))).toEqual({ is: "bad", reason: "checksum" });
    expect(decodeMessage(bytesOf("\x022P|1\r\x1753\r\nx"))).toEqual({ is: "bad", reason: "malformed" });
  });
});

describe("a full memory of a Contour", () => {
  it("is read as one report, each result once, with nothing written but EOT and ACK", () => {
    const meter = simulation.instrument();
    fill(meter, 500);
    const { time, written } = talk(driver, {}, meter, 1000);
    expect(written.filter(({ bytes }) => bytes.length !== 65)).toEqual([]);
    const { findings, steps } = collect(time.steps);
    expect(steps.filter((step) => "action" in step && step.action.do === "report")).toHaveLength(1);
    expect(new Set(findings.map(({ identity }) => identity)).size).toBe(500);
    const said = new Set(written.map(({ bytes }) => latin1(bytes.subarray(0, 6))));
    expect([...said].sort()).toEqual(["\0ABC\x01\x04", "\0ABC\x01\x06"]);
  });
});
