import { describe, expect, it } from "vitest";
import type { CaptureLine } from "../../src/driver-kit/capture.ts";
import { lines } from "../../src/driver-kit/framers/lines.ts";
import { type ReplayOptions, replay } from "../../src/driver-kit/replay.ts";
import { type ScaleProtocol, scaleSession, type Weighing } from "../../src/driver-kit/scale.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";

/** A toy protocol: digits are a load, `~` says that it moves, `#…` names the scale, `.` is of no interest. */
function weigh(line: string): Weighing {
  if (line === "~") return { is: "unsettled" };
  if (line === ".") return { is: "aside" };
  if (line.startsWith("#")) return { is: "aside", identity: { serial: line.slice(1) } };
  if (!/^[0-9]+(@.*)?$/.test(line)) return { is: "malformed", detail: "no number" };
  const [text = "", aside] = line.split("@");
  // What begins with a letter is a flag, anything else a clock.
  const flag = /^[a-z]/.test(aside ?? "");
  const measured = {
    channel: "W",
    value: { kind: "number", text },
    ...(aside && !flag && { deviceTime: { text: aside } }),
    ...(aside && flag && { flags: [aside] }),
  } as const;
  return { is: "load", measured: [measured] };
}

function played(protocol: Partial<ScaleProtocol>, said: readonly (string | number)[], how?: ReplayOptions) {
  let ms = 0;
  const script = said.flatMap((step): CaptureLine[] => {
    ms += typeof step === "number" ? step : 100;
    return typeof step === "number" ? [] : [{ ms, in: bytesOf(`${step}\n`) }];
  });
  const session = scaleSession({
    framer: lines({ ends: ["\n"], bound: 40 }),
    weigh: (line) => weigh(latin1(line)),
    group: "weighing",
    settle: 2,
    silenceMs: 1000,
    ...protocol,
  });
  const { findings, identities, discards, writes } = replay(session, [...script, { ms, event: "end" }], how);
  return {
    values: findings.map(({ value }) => value.text),
    spans: findings.map(({ span }) => span),
    serials: identities.map(({ serial }) => serial),
    discards: discards.map(({ reason }) => reason),
    written: latin1(writes),
  };
}

describe("a scale's session", () => {
  it("reports a load once, when so many frames as are set have said the same", () => {
    expect(played({}, ["72"]).values).toEqual([]);
    expect(played({}, ["72", "72", "72"])).toMatchObject({
      values: ["72"],
      discards: ["not-a-reading", "duplicate"],
    });
    expect(played({ settle: 1 }, ["72", "72"]).values).toEqual(["72"]);
    expect(played({ settle: 3 }, ["72", "72", "71", "72", "72"]).values).toEqual([]);
  });

  it("reports no load again because a flag comes or goes, and none before frames agree in their flags", () => {
    expect(played({}, ["72", "72", "72@bat", "72@bat", "72", "72"]).values).toEqual(["72"]);
    expect(played({}, ["72@net", "72"]).values).toEqual([]);
  });

  it("reports the same load again after it moved or the scale was silent, and not after a frame of no interest", () => {
    expect(played({}, ["72", "72", "~", "72", "72"]).values).toEqual(["72", "72"]);
    expect(played({}, ["72", "72", 2000, "72", "72"]).values).toEqual(["72", "72"]);
    expect(played({}, ["72", "72", ".", "x", "72", "72"]).values).toEqual(["72"]);
  });

  it("takes one damaged frame neither for a load nor for the end of one", () => {
    expect(played({}, ["72", "72", "7", "72", "72"]).values).toEqual(["72"]);
  });

  it("takes a load whose clock goes on for the same load", () => {
    expect(played({}, ["72@10:00", "72@10:00", "72@10:01", "72@10:01"]).values).toEqual(["72"]);
  });

  it("offers a load that could not be stored again as it was, and never reads the same load anew", () => {
    const answer = (receipt: number) => (receipt < 3 ? "refused" : "stored");
    const { values, spans } = played({}, ["72", "72", "72", "72", "72"], { answer });
    expect(values).toEqual(["72", "72", "72"]);
    expect(spans).toEqual(Array(3).fill({ from: 3, to: 6 }));
  });

  it("offers it again while the scale is silent or empty, whether it is asked or speaks by itself", () => {
    const poll = { command: bytesOf("W"), everyMs: 500 };
    const answer = (receipt: number) => (receipt < 3 ? "refused" : "stored");
    for (const protocol of [{}, { poll }]) {
      expect(played(protocol, ["72", "72", 60_000], { answer }).spans).toEqual(Array(3).fill({ from: 3, to: 6 }));
      expect(played(protocol, ["72", "72", "~", "~"], { answer }).values).toEqual(["72", "72", "72"]);
    }
  });

  it("tells each time anew where repetitions are readings", () => {
    expect(played({ settle: 1, repeats: "all" }, ["72", "72"]).values).toEqual(["72", "72"]);
    expect(played({ repeats: "all" }, ["72", "72", "72", "72"]).values).toEqual(["72", "72"]);
  });

  it("says who the scale is once, and again when it is another one", () => {
    expect(played({}, ["#1", "72", "#1", "#2"]).serials).toEqual(["1", "2"]);
  });

  it("asks the first questions once and the last one for ever, and counts silence in questions", () => {
    const poll = { first: [bytesOf("I"), bytesOf("J")], command: bytesOf("W"), everyMs: 500 };
    const said = ["72", "72", 3000, "72", "72"];
    expect(played({ poll }, said)).toMatchObject({ values: ["72", "72"], written: "IJWWWWW" });
    expect(played({ poll }, ["72", "72", 900, "72", "72"]).values).toEqual(["72"]);
  });

  it("writes nothing where no question is set", () => {
    expect(played({}, ["72", 5000, "72"]).written).toBe("");
  });
});
