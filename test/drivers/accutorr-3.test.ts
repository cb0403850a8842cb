import { describe, expect, it } from "vitest";
import { driver } from "../../drivers/accutorr-3/driver.ts";
import { type Answer, VirtualTime } from "../../src/driver-kit/replay.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";

/** Answers each question with the next of these; what was read after each, by channel, digits and age in minutes. */
function play(replies: readonly (string | undefined)[], answer: Answer | ((receipt: number) => Answer) = "stored") {
  const time = new VirtualTime(driver.session(driver.options.parse({})), answer);
  return replies.map((reply, i) => {
    const actions = [...(i === 0 ? time.give({ on: "open" }) : time.advance(time.alarm ?? 0))];
    if (reply !== undefined) actions.push(...time.give({ on: "data", bytes: bytesOf(`P:${reply}\r\n`) }));
    return actions.flatMap((action) =>
      action.do === "report"
        ? action.findings.map(({ channel, value, ageMs }) => {
            const age = ageMs === undefined ? "" : ` ${ageMs / 60_000} min`;
            return `${channel} ${value.kind === "number" ? value.text : value.kind}${age}`;
          })
        : [],
    );
  });
}

const cuff = (systolic: string, minutes: number) => `--,--,${systolic}, 95, 80,000,010,000,${minutes}`;

describe("an Accutorr 3 session", () => {
  it("reads a determination when two replies show it, and once only", () => {
    const found = play([cuff("120", 0), cuff("120", 0), cuff("120", 1), cuff("120", 2)]);
    expect(found).toEqual([[], ["SYS 120 0 min", "DIA 80 0 min", "MEAN 95 0 min"], [], []]);
  });

  it("reads a determination with the same numbers when the age drops", () => {
    const found = play([cuff("120", 7), cuff("120", 7), cuff("120", 0), cuff("120", 0)]);
    expect(found.map((round) => round.length)).toEqual([0, 3, 0, 3]);
  });

  it("gives no mean that is not between the other two", () => {
    const printed = "--,85,120, 45, 80,000,010,000, 5";
    expect(play([printed, printed])[1]).toEqual(["SYS 120 5 min", "DIA 80 5 min", "MEAN absent 5 min", "PR 85 5 min"]);
  });

  it("reads a saturation once for each time that the sensor is put on", () => {
    const on = " 98, 72,--,--,--,000,000,000,--";
    const off = "--,--,--,--,--,000,000,000,--";
    expect(play([on, on, on, off, on, on]).map((round) => round.length)).toEqual([0, 2, 0, 0, 0, 2]);
  });

  it("reads a saturation once, where one reply in which the cuff's numbers were damaged delays its determination", () => {
    const both = (systolic: string) => cuff(systolic, 0).replace("--,--", " 98, 72");
    const found = play([both("120"), both("121"), both("120"), both("120"), both("120")]);
    expect(found.map((round) => round.join())).toEqual([
      "",
      "SaO2 98,PR 72",
      "",
      "SYS 120 0 min,DIA 80 0 min,MEAN 95 0 min",
      "",
    ]);
  });

  it("offers what could not be stored again as it was, and reads neither cuff nor sensor anew", () => {
    const shown = (age: number) => cuff("120", age).replace("--,--", " 98, 72");
    const found = play([0, 0, 1, 1, 1].map(shown), (receipt) => (receipt === 1 ? "refused" : "stored"));
    expect(found.map((round) => round.length)).toEqual([0, 5, 5, 0, 0]);
    expect(found[2]).toEqual(found[1]);
  });
});
