import { describe, expect, it } from "vitest";
import { decode } from "../../drivers/visomat/history.ts";

const record = "15110321300134097083";

describe("a Visomat history", () => {
  it("reads the published one", () => {
    expect(decode(`M1001M201${record}`)).toEqual([
      {
        user: "2",
        time: { text: "1511032130", local: "2015-11-03T21:30" },
        mark: "0",
        systolic: "134",
        diastolic: "097",
        pulse: "083",
      },
    ]);
  });

  it("reads the largest there can be", () => {
    expect(decode(`M199${record.repeat(99)}M299${record.repeat(99)}`)?.length).toBe(198);
  });

  it("reads nothing where length and numbers of records do not agree", () => {
    const wrong = [`M1001M202${record}`, `M1001M201${record}0`, `M100M201${record}`, `M201${record}M1001`, "M1001", ""];
    expect(wrong.map(decode)).toEqual(wrong.map(() => undefined));
  });

  it("reads nothing where one record has something else than digits, or its pressures the wrong way round", () => {
    expect(decode(`M102${record}${record.replace("134", "1 4")}M2001`)).toBeUndefined();
    expect(decode(`M102${record}${record.replace("134097", "097134")}M2001`)).toBeUndefined();
  });
});
