import { describe, expect, it } from "vitest";
import { driver } from "../../drivers/and-ua-767/driver.ts";
import { VirtualTime } from "../../src/driver-kit/replay.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";

/** What is read when these come, a second apart. */
function read(...texts: readonly string[]): readonly string[] {
  const time = new VirtualTime(driver.session(driver.options.parse({})), "stored");
  return texts.map((text) => {
    const actions = [...time.give({ on: "data", bytes: bytesOf(text) }), ...time.advance(time.now + 1000)];
    return actions
      .flatMap((action) => (action.do === "report" ? action.findings : []))
      .map(({ channel, value }) => `${channel} ${value.text ?? value.kind}`)
      .join(", ");
  });
}

describe("a UA-767PC session", () => {
  it("adds pulse pressure and diastolic pressure to the systolic one", () => {
    expect(read("804C4C4960")).toEqual(["SYS 152, DIA 76, PULSE 73"]);
  });

  it("gives each result of its own, with the same values too", () => {
    expect(read("804C4C4960", "804C4C4960").filter((found) => found !== "").length).toBe(2);
  });

  it("reports errors as absent, and never zeros", () => {
    expect(read("8200000000", "8000000060", "8000494960")).toEqual(["SYS absent, DIA absent, PULSE absent", "", ""]);
  });

  it("reads nothing that is longer or shorter than a result", () => {
    expect(read("804C4C496", "804C4C49600", "04C4C4960", "804C4C4960804C4C4960")).toEqual(["", "", "", ""]);
  });
});
