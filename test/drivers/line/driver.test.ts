import { describe, expect, it } from "vitest";
import { driver } from "../../../drivers/line/driver.ts";
import type { CaptureLine } from "../../../src/driver-kit/capture.ts";
import { type ReplayOptions, replay } from "../../../src/driver-kit/replay.ts";
import { bytesOf, latin1 } from "../../../src/driver-kit/text.ts";

const base = { readings: ["ST,{weight:number(6)} {unit:word}"], units: ["kg"] };

function played(options: object, lines: readonly CaptureLine[], how?: ReplayOptions) {
  const replayed = replay(driver.session(driver.options.parse(options)), lines, how);
  return {
    values: replayed.findings.map(({ value }) => value.text),
    discards: replayed.discards.map(({ reason }) => reason),
    written: latin1(replayed.writes),
  };
}

const line = (ms: number, text: string): CaptureLine => ({ ms, in: bytesOf(`${text}\r\n`) });
const settled = "ST,  72.5 kg";

describe("the line driver", () => {
  it("reports a settled load once, however often it is sent, and again after a silence or a change", () => {
    const lines = [line(0, settled), line(1000, settled), line(2000, settled), line(9000, settled)];
    expect(played(base, lines)).toMatchObject({ values: ["72.5", "72.5"], discards: ["duplicate", "duplicate"] });
    expect(played(base, [line(0, settled), line(1, "ST,  72.6 kg"), line(2, settled)]).values).toHaveLength(3);
    expect(played({ ...base, repeats: "all" }, lines).values).toHaveLength(4);
  });

  it("takes a load that came to rest again for a new one", () => {
    const moving = { ...base, unsettled: ["US,{:text(6)} {unit:word}"] };
    expect(played(moving, [line(0, settled), line(1, "US,  30.1 kg"), line(2, settled)]).values).toHaveLength(2);
    expect(played(base, [line(0, settled), line(1, "ST,   0.0 kg"), line(2, settled)]).values).toEqual([
      "72.5",
      "72.5",
    ]);
  });

  it("never reports zero for an empty scale, unless the profile says that zero is a reading", () => {
    expect(played(base, [line(0, "ST,   0.0 kg")])).toMatchObject({ values: [], discards: ["not-a-reading"] });
    expect(played({ ...base, zero: "reading" }, [line(0, "ST,   0.0 kg")]).values).toEqual(["0.0"]);
  });

  it("offers again what could not be stored, and reads it no second time", () => {
    const lines = [line(0, settled), line(1000, settled), line(2000, settled)];
    const answer = (receipt: number) => (receipt < 2 ? "refused" : "stored");
    expect(played(base, lines, { answer })).toMatchObject({
      values: ["72.5", "72.5"],
      discards: ["duplicate", "duplicate"],
    });
  });

  it("polls on opening and then in its interval, and counts silence in polls", () => {
    const polled = { ...base, poll: { command: "Q\r\n", everyMs: 1000 } };
    const lines = [line(10, settled), line(1010, settled), line(8010, settled), { ms: 8500, event: "end" } as const];
    const { written, values, discards } = played(polled, lines);
    expect(written).toBe("Q\r\n".repeat(9));
    expect(values).toEqual(["72.5", "72.5"]);
    expect(discards).toEqual(["duplicate"]);
  });

  it("writes nothing where no poll is set", () => {
    expect(played(base, [line(0, settled), { ms: 60_000, event: "end" }]).written).toBe("");
  });

  it("does not take the rest of a broken line for a line", () => {
    const open = { readings: ["{weight:number} {unit:word}"], units: ["kg"] };
    const lines: CaptureLine[] = [
      line(0, "1 kg"),
      { ms: 100, in: bytesOf("17") },
      line(9000, "2.5 kg"),
      line(9100, "80 kg"),
    ];
    expect(played(open, lines).values).toEqual(["80"]);
  });

  it("takes a line that two templates read in two ways for unknown", () => {
    const twofold = { readings: ["{a:number(3)}{:text(3)}", "{:text(3)}{b:number(3)}"] };
    expect(played(twofold, [line(0, "123456")])).toMatchObject({ values: [], discards: ["malformed"] });
  });

  it("says where a template is wrong", () => {
    const parsed = driver.options.safeParse({ readings: ["ST,{weight:nubmer(9)}"] });
    expect(parsed.error?.issues[0]).toMatchObject({ path: ["readings", 0] });
    expect(parsed.error?.issues[0]?.message).toContain("character 12");
    expect(driver.options.safeParse({ readings: ["ST,"] }).success).toBe(false);
    const hasty = { ...base, silenceMs: 500, poll: { command: "Q", everyMs: 1000 } };
    expect(driver.options.safeParse(hasty).success).toBe(false);
  });

  it("waits until so many lines as are set have said the same, and then fears no lost byte", () => {
    const open = { readings: ["W {weight:number} {unit:word}"], units: ["kg"], settle: 2 };
    const lines = ["W 12.0 kg", "W 72.5 kg", "W 2.5 kg", "W 72.5 kg", "W 72.5 kg", "W 72.5 kg"];
    expect(
      played(
        open,
        lines.map((text, i) => line(i * 100, text)),
      ).values,
    ).toEqual(["72.5"]);
    expect(driver.undetected?.(driver.options.parse(open))).toEqual([]);
  });

  it("reads a printout of several lines, ended by silence, as one", () => {
    const printout = {
      terminator: "silence",
      silenceMs: 1000,
      readings: ["Weight: {weight:number} {weight.unit:word}\r\nBMI: {bmi:number}\r\n"],
      units: ["kg"],
    };
    const lines = [line(0, "Weight: 80.00 kg"), line(400, "BMI: 23.9"), line(5000, "Weight: 64.00 kg")];
    const end = { ms: 9000, event: "end" } as const;
    expect(played(printout, [...lines, end])).toMatchObject({ values: ["80.00", "23.9"], discards: ["malformed"] });
    expect(driver.options.safeParse({ ...printout, readings: ["{weight:number} {unit:word}"] }).success).toBe(false);
    const poll = { command: "P", everyMs: 1000 };
    expect(driver.options.safeParse({ ...printout, poll }).success).toBe(false);
  });

  it("declares what templates of open width cannot see", () => {
    expect(driver.undetected?.(driver.options.parse(base))).toEqual([]);
    const open = { readings: ["W {weight:number} {unit:word}"], units: ["kg"] };
    expect(driver.undetected?.(driver.options.parse(open)).map(({ fault }) => fault)).toEqual([
      "byte-lost",
      "byte-doubled",
    ]);
  });
});
