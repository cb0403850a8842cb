import { describe, expect, it } from "vitest";
import type { CaptureLine } from "../../src/driver-kit/capture.ts";
import { gap } from "../../src/driver-kit/framers/gap.ts";
import { lines } from "../../src/driver-kit/framers/lines.ts";
import { listeningSession } from "../../src/driver-kit/listening-session.ts";
import { type ReplayOptions, replay } from "../../src/driver-kit/replay.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";

/** Reports lines of digits, passes over empty ones, and writes down when it is told of a silence. */
function heard(
  capture: readonly CaptureLine[],
  silenceMs?: number,
  how: ReplayOptions = {},
  framer = lines({ ends: ["\n"], bound: 20 }),
) {
  const log: string[] = [];
  const session = listeningSession({
    framer,
    ...(silenceMs === undefined ? {} : { silenceMs }),
    hear(frame, span) {
      const text = latin1(frame);
      if (text === "") return [];
      log.push(text);
      if (!/^\d+$/.test(text)) return [{ do: "discard", span, reason: "malformed" }];
      return [{ do: "report", findings: [{ channel: "X", value: { kind: "number", text }, kind: "patient", span }] }];
    },
    silent: () => log.push("silent"),
  });
  return { log, ...replay(session, capture, how) };
}

const say = (ms: number, text: string): CaptureLine => ({ ms, in: bytesOf(text) });

describe("a listening session", () => {
  it("hears every frame, counts the reports, and writes nothing", () => {
    const { findings, discards, writes, steps } = heard([say(0, "12\n\nab\n3"), say(10, "4\n")]);
    expect(findings.map(({ value }) => value.text)).toEqual(["12", "34"]);
    expect(discards.map(({ reason }) => reason)).toEqual(["malformed"]);
    expect(writes).toHaveLength(0);
    const receipts = steps.flatMap((step) =>
      "action" in step && step.action.do === "report" ? [step.action.receipt] : [],
    );
    expect(receipts).toEqual([1, 2]);
  });

  it("tells of a silence once what was unfinished is settled", () => {
    const { log } = heard([say(0, "12"), say(2999, "34"), say(5999, "5")], 3000, {}, gap({ bound: 20 }));
    expect(log).toEqual(["1234", "silent"]);
  });

  it("sets no alarm where no silence ends anything", () => {
    const { log, steps } = heard([say(0, "12"), { ms: 600_000, event: "end" }, say(600_000, "34\n")]);
    expect(log).toEqual(["1234"]);
    expect(steps.filter((step) => "action" in step && step.action.do === "wake")).toEqual([]);
  });

  it("offers again what could not be stored", () => {
    const answer = (receipt: number) => (receipt < 3 ? "refused" : "stored");
    const { findings } = heard([say(0, "12\n"), { ms: 60_000, event: "end" }], 3000, { answer });
    expect(findings.map(({ value }) => value.text)).toEqual(["12", "12", "12"]);
  });
});
