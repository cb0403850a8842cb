import { describe, expect, it } from "vitest";
import { driver } from "../../drivers/contour/driver.ts";
import { decodeMessage, encodeFrame } from "../../drivers/contour/frames.ts";
import { messageFramer, reportsOf } from "../../drivers/contour/reports.ts";
import { simulation } from "../../drivers/contour/simulation.ts";
import type { Action } from "../../src/driver-kit/contract.ts";
import { collect, joined, VirtualTime } from "../../src/driver-kit/replay.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";

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
    for (let i = 0; i < 500; i++) {
      const at = `2026-11-23T${String(Math.floor(i / 60)).padStart(2, "0")}:${String(i % 60).padStart(2, "0")}:00`;
      meter.handle({ on: "measure", values: { glucose: String(80 + (i % 90)) }, at });
    }
    const time = new VirtualTime(driver.session(driver.options.parse({})), "stored");
    const written = new Set<string>();
    const waiting: Action[] = [...time.give({ on: "open" })];
    for (let action = waiting.shift(); action !== undefined; action = waiting.shift()) {
      if (action.do !== "write") continue;
      expect(action.bytes).toHaveLength(65);
      written.add(latin1(action.bytes.subarray(0, 6)));
      for (const answer of meter.handle({ on: "data", bytes: action.bytes }))
        if (answer.do === "write") waiting.push(...time.give({ on: "data", bytes: answer.bytes }));
    }
    time.advance(1000);
    const { findings, steps } = collect(time.steps);
    expect(steps.filter((step) => "action" in step && step.action.do === "report")).toHaveLength(1);
    expect(new Set(findings.map(({ identity }) => identity)).size).toBe(500);
    expect([...written].sort()).toEqual(["\0ABC\x01\x04", "\0ABC\x01\x06"]);
  });
});
