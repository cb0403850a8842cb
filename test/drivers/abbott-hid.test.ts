import { describe, expect, it } from "vitest";
import { decodeReply, encodeText, recordsOf, sumOf } from "../../drivers/abbott-hid/answers.ts";
import { driver } from "../../drivers/abbott-hid/driver.ts";
import { reportOf, types } from "../../drivers/abbott-hid/reports.ts";
import { simulation } from "../../drivers/abbott-hid/simulation.ts";
import { collect, joined } from "../../src/driver-kit/replay.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";
import { fill, talk } from "../kit/download.ts";

const reply = (text: string) => decodeReply(joined([Uint8Array.of(types.text), bytesOf(text)]));

describe("an answer of an Abbott meter", () => {
  it("is the one of the published tests", () => {
    expect(reply("2.1.2\r\nCKSM:00000108\r\nCMD OK\r\n")).toEqual({ is: "text", lines: ["2.1.2"] });
    const number = ["DB Record Number = 226988"];
    expect(latin1(encodeText(number))).toBe("DB Record Number = 226988\r\nCKSM:00000765\r\nCMD OK\r\n");
  });

  it("has its sums in digits of either case", () => {
    const [upper, lower] = ["CKSM:0000016A", "CKSM:0000016a"].map((sum) => reply(`3,14,21\r\n${sum}\r\nCMD OK\r\n`));
    expect(lower).toEqual({ is: "text", lines: ["3,14,21"] });
    expect(lower).toEqual(upper);
    const records = ["7,12,3,14,21,8,7,0,105,0,1,0,0,0,0,0,0,0,0", "9,13,3,14,21,8,30,0,11,1"];
    expect(recordsOf([...records, "2,00000c73"])).toEqual(records);
  });

  it("is none where the command failed, or the sum is wrong or too short", () => {
    expect(reply("2.1.2\r\nCKSM:00000108\r\nCMD Fail!\r\n")).toEqual({ is: "failed" });
    expect(reply("2.1.2\r\nCKSM:00000111\r\nCMD OK\r\n")).toEqual({ is: "damaged" });
    expect(reply("2.1.2\r\nCKSM:108\r\nCMD OK\r\n")).toEqual({ is: "damaged" });
    expect(reply("CMD OK\r\n")).toEqual({ is: "damaged" });
  });

  it("lists records that are counted and summed", () => {
    const records = ["7,12,3,14,21,8,7,0,105,0,1,0,0,0,0,0,0,0,0", "9,13,3,14,21,8,30,0,11,1"];
    expect(sumOf(records)).toBe("00000C73");
    expect(recordsOf([...records, "2,00000C73"])).toEqual(records);
    expect(recordsOf([...records, "3,00000C73"])).toBeUndefined();
    expect(recordsOf(records)).toBeUndefined();
    expect(recordsOf(["Log Empty"])).toEqual([]);
  });

  it("is asked for in a report of the documented form", () => {
    const command = reportOf(types.text, bytesOf("$date?\r\n"));
    expect(command).toHaveLength(65);
    expect(latin1(command.subarray(0, 11))).toBe("\0\x60\x08$date?\r\n");
  });
});

describe.each(["neo", "insulinx"] as const)("a full memory of a %s", (dialect) => {
  it("is read as one report, each result once, with commands that only ask", () => {
    const meter = simulation.instrument({ dialect });
    fill(meter, 1000);
    const { time, written } = talk(driver, { dialect }, meter, 1000);
    const { findings, steps } = collect(time.steps);
    expect(steps.filter((step) => "action" in step && step.action.do === "report")).toHaveLength(1);
    expect(new Set(findings.map(({ identity }) => identity)).size).toBe(1000);
    const commands = written
      .filter(({ bytes }) => bytes[1] === types.text)
      .map(({ bytes }) => latin1(bytes.subarray(3, 3 + (bytes[2] ?? 0))));
    expect(commands.filter((command) => !/^\$[a-z]+\?\r\n$/.test(command))).toEqual([]);
  });

  it("brings only what is new when it is read again", () => {
    const meter = simulation.instrument({ dialect });
    meter.handle({ on: "measure", values: { glucose: "98" }, at: "2026-11-23T14:00:00" });
    const visit = talk(driver, { dialect }, meter, 1000);
    meter.handle({ on: "measure", values: { glucose: "99" }, at: "2026-11-23T14:05:00" });
    visit.until(700_000);
    const read = collect(visit.time.steps).findings.map(({ value }) => value.text);
    expect(read).toEqual(["98", "99"]);
  });
});
