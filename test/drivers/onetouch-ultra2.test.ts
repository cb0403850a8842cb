import { describe, expect, it } from "vitest";
import { driver } from "../../drivers/onetouch-ultra2/driver.ts";
import { line } from "../../drivers/onetouch-ultra2/replies.ts";
import type { Action } from "../../src/driver-kit/contract.ts";
import { type Answer, collect, VirtualTime } from "../../src/driver-kit/replay.ts";
import { latin1 } from "../../src/driver-kit/text.ts";

interface Meter {
  serial: string;
  results: string[];
  /** Lines of a download that the cable loses. */
  lost?: number;
}

function result(minute: number, value: number): string {
  const time = `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}:00`;
  return `P "SAT","03/21/15","${time}   ","  ${String(value).padStart(3, "0")} ","N","00", 00`;
}

/** A session on a cable; `meter` may be changed or taken away between the steps of time. */
function cable(answer: Answer | ((receipt: number) => Answer) = "stored") {
  const time = new VirtualTime(driver.session(driver.options.parse({})), answer);
  const on: { meter: Meter | undefined } = { meter: undefined };
  const commands: string[] = [];

  function lines({ serial, results, lost = 0 }: Meter, command: string): readonly string[] {
    switch (command) {
      case "DM@":
        return [`@ "${serial}"`];
      case "DM?":
        return ["?P02.00.00 30/08/06"];
      case "DMF":
        return ['F "SAT","03/21/15","16:45:24   "'];
      case "DMSU?":
        return ['SU?,"MG/DL "'];
      case "DMP":
        return [`P ${String(results.length).padStart(3, "0")},"${serial}","MG/DL "`, ...results.slice(lost)];
      default:
        throw new Error(`the meter was sent ${command}`);
    }
  }

  function answerAll(first: readonly Action[]): void {
    const waiting = [...first];
    for (let action = waiting.shift(); action !== undefined; action = waiting.shift()) {
      if (action.do !== "write") continue;
      const written = latin1(action.bytes);
      const command = written.slice(2, -1);
      expect(written).toBe(`\x11\r${command}\r`);
      commands.push(command);
      if (on.meter === undefined) continue;
      for (const text of lines(on.meter, command)) waiting.push(...time.give({ on: "data", bytes: line(text) }));
    }
  }

  answerAll(time.give({ on: "open" }));
  return {
    on,
    commands,
    seconds(count: number) {
      const end = time.now + count * 1000;
      while (time.alarm !== undefined && time.alarm <= end) answerAll(time.advance(time.alarm));
      time.advance(end);
    },
    get reports() {
      return time.steps.flatMap((step) =>
        "action" in step && step.action.do === "report" ? [step.action.findings.map(({ value }) => value.text)] : [],
      );
    },
    get played() {
      return collect(time.steps);
    },
  };
}

describe("an Ultra 2 session", () => {
  it("finds a meter that is put on the cable later, and reads its whole memory as one report", () => {
    const room = cable();
    room.seconds(60);
    expect(room.reports).toEqual([]);
    room.on.meter = { serial: "GMF600DCY", results: Array.from({ length: 500 }, (_, i) => result(i, 80 + (i % 90))) };
    room.seconds(10);
    expect(room.reports.map((report) => report.length)).toEqual([500]);
    expect(new Set(room.played.findings.map(({ identity }) => identity)).size).toBe(500);
  });

  it("asks only to read", () => {
    const room = cable();
    room.on.meter = { serial: "GMF600DCY", results: [result(1, 90)] };
    room.seconds(3600);
    expect([...new Set(room.commands)].sort()).toEqual(["DM?", "DM@", "DMF", "DMP", "DMSU?"]);
  });

  it("reports only what is new when it reads a meter again", () => {
    const room = cable();
    room.on.meter = { serial: "GMF600DCY", results: [result(1, 90)] };
    room.seconds(400);
    room.on.meter.results.unshift(result(2, 91));
    room.seconds(400);
    expect(room.reports).toEqual([["090"], ["091"]]);
  });

  it("reads a meter at once that was taken off and came back", () => {
    const room = cable();
    const meter: Meter = { serial: "GMF600DCY", results: [result(1, 90)] };
    room.on.meter = meter;
    room.seconds(20);
    room.on.meter = undefined;
    room.seconds(30);
    meter.results.unshift(result(2, 91));
    room.on.meter = meter;
    room.seconds(15);
    expect(room.reports).toEqual([["090"], ["091"]]);
  });

  it("keeps the results of two meters apart", () => {
    const room = cable();
    room.on.meter = { serial: "GMF600DCY", results: [result(1, 90)] };
    room.seconds(20);
    room.on.meter = { serial: "ABC123DEY", results: [result(1, 90)] };
    room.seconds(20);
    expect(room.played.findings.map(({ identity }) => identity)).toEqual([
      "GMF600DCY 03/21/15 00:01:00 090 patient",
      "ABC123DEY 03/21/15 00:01:00 090 patient",
    ]);
    expect(room.played.identities.map(({ serial }) => serial)).toEqual(["GMF600DCY", "ABC123DEY"]);
  });

  it("reports again what could not be stored", () => {
    const room = cable((receipt) => (receipt === 1 ? "refused" : "stored"));
    room.on.meter = { serial: "GMF600DCY", results: [result(1, 90)] };
    room.seconds(700);
    expect(room.reports).toEqual([["090"], ["090"]]);
  });

  it("reads a download again soon that was cut, and then leaves it until its time", () => {
    const room = cable();
    room.on.meter = { serial: "GMF600DCY", results: [result(2, 91), result(1, 90)], lost: 1 };
    room.seconds(100);
    expect(room.commands.filter((command) => command === "DMP")).toHaveLength(2);
    room.on.meter.lost = 0;
    room.seconds(300);
    expect(room.reports).toEqual([["090"], ["091"]]);
  });
});
