import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checksum, message } from "../../drivers/ge-dinamap/checksum.ts";
import { driver } from "../../drivers/ge-dinamap/driver.ts";
import type { Finding } from "../../src/driver-kit/contract.ts";
import { type Answer, VirtualTime } from "../../src/driver-kit/replay.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";

/** What the monitor answers in one round of questions; a command that is not here stays unanswered. */
type Round = Readonly<Record<string, string>>;

const idle: Round = { TC: "00 9999900000", OA: "6000000", RA: "2000" };
const done = (age: number, digits = "120080093"): Round => ({
  ...idle,
  NA: `110${String(age).padStart(4, "0")}${digits}`,
});
const nothing: Round = { ...idle, NA: "1109999000000000" };
const busy: Round = { ...idle, NA: "0100003000000000" };
const oximeter: Round = { OA: "1098708", RA: "2072" };

/** Plays rounds to a session; answers with the findings of each round. */
function play(
  rounds: readonly Round[],
  options: unknown = {},
  answer: Answer | ((receipt: number) => Answer) = "stored",
): readonly (readonly Finding[])[] {
  const time = new VirtualTime(driver.session(driver.options.parse(options)), answer);
  return rounds.map((round, i) => {
    const found: Finding[] = [];
    let actions = i === 0 ? time.give({ on: "open" }) : time.advance(time.alarm ?? 0);
    for (;;) {
      for (const action of actions) if (action.do === "report") found.push(...action.findings);
      const written = actions.find((action) => action.do === "write");
      if (written === undefined) return found;
      const command = latin1(written.bytes).slice(1, 3);
      const data = round[command];
      actions =
        data === undefined
          ? time.advance(time.alarm ?? 0)
          : time.give({ on: "data", bytes: bytesOf(message(command, data)) });
    }
  });
}

function pressures(found: readonly Finding[]): readonly string[] {
  return found.filter(({ channel }) => channel.startsWith("NIBP")).map(({ value }) => value.text ?? value.kind);
}

describe("the Dinamap checksum", () => {
  it("agrees with the seven published commands", () => {
    const published = [" NA!2", " NC0!E", " ND!5", " OA!3", " RA!6", " RC!8", " TC!:"];
    expect(published.map((text) => text.slice(0, -2) + checksum(text.slice(0, -2)))).toEqual(published);
  });
});

describe("a Dinamap session", () => {
  it("writes nothing but the four read commands, whatever comes back", () => {
    const piece = fc.oneof(
      fc.constantFrom(" NA1100012120080093%^\r", " OA1098708#K\r", ' RA2072"E\r', " TC0000000209860%0\r", " NC0!E\r"),
      fc.string({ unit: "binary-ascii", maxLength: 30 }),
    );
    fc.assert(
      fc.property(fc.array(fc.record({ after: fc.constantFrom(0, 40, 1000, 5000), text: piece })), (steps) => {
        const time = new VirtualTime(driver.session(driver.options.parse({})), "stored");
        const actions = [...time.give({ on: "open" })];
        for (const { after, text } of steps) {
          actions.push(...time.advance(time.now + after));
          actions.push(...time.give({ on: "data", bytes: bytesOf(text) }));
        }
        const written = actions.flatMap((action) => (action.do === "write" ? [latin1(action.bytes)] : []));
        expect([" NA!2\r", " TC!:\r", " OA!3\r", " RA!6\r"]).toEqual(expect.arrayContaining([...new Set(written)]));
      }),
    );
  });

  it("reports a determination once, however long the monitor goes on showing it", () => {
    const found = play([nothing, done(1), done(2), done(3), done(900), done(5400), nothing]);
    expect(found.map(pressures)).toEqual([[], ["120", "080", "093"], [], [], [], [], []]);
  });

  it("reports a determination with the same values as the one before, when the age drops", () => {
    const found = play([nothing, done(1), done(300), busy, done(2)]);
    expect(found.map((round) => pressures(round).length)).toEqual([0, 3, 0, 0, 3]);
  });

  it("reports a determination with the same values and age as the one before, when it saw it under way", () => {
    const found = play([nothing, done(1), busy, busy, done(1)]);
    expect(found.map((round) => pressures(round).length)).toEqual([0, 3, 0, 0, 3]);
  });

  it("takes an older determination for the same after a cancelled one", () => {
    const found = play([nothing, done(10), busy, busy, busy, done(14)]);
    expect(found.map((round) => pressures(round).length)).toEqual([0, 3, 0, 0, 0, 0]);
  });

  it("finds a determination that was taken while the monitor did not answer", () => {
    const away: Round = {};
    const found = play([nothing, done(5), ...Array.from({ length: 20 }, () => away), done(20), done(21), done(22)]);
    expect(found.slice(-3).map(pressures)).toEqual([[], ["120", "080", "093"], []]);
    const twice = play([nothing, done(5), away, done(6), away, done(2), done(3)]);
    expect(twice.map((round) => pressures(round).length)).toEqual([0, 3, 0, 0, 0, 3, 0]);
  });

  it("takes a reply that comes so late that it answers the next round's question for no new determination", () => {
    const late: Round = idle;
    const found = play([nothing, done(10), late, done(11), done(15), late, done(16), late, done(18), done(23)]);
    expect(found.map((round) => pressures(round).length)).toEqual([0, 3, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it("gives what was there at the opening its age", () => {
    expect(play([done(754)])[0]?.map(({ ageMs }) => ageMs)).toEqual([754_000, 754_000, 754_000]);
  });

  it("reports a failure once, and none that is older than the connection", () => {
    const failed = (age: number): Round => ({ ...idle, NA: `410${String(age).padStart(4, "0")}000000000` });
    expect(play([failed(8), failed(9)]).flat()).toEqual([]);
    const found = play([nothing, busy, failed(1), failed(2), busy, failed(1)]);
    expect(found.map((round) => pressures(round).length)).toEqual([0, 0, 3, 0, 0, 3]);
  });

  it("offers a determination that could not be stored again as it was, with the sensors as they were", () => {
    const next: Round = { OA: "1099908", RA: "2081" };
    const rounds = [nothing, { ...done(1), ...oximeter }, { ...done(2), ...next }, { ...done(3), ...next }];
    const found = play(rounds, {}, (receipt) => (receipt === 1 ? "refused" : "stored"));
    expect(found[1]).toHaveLength(5);
    expect(found[2]).toEqual(found[1]);
    expect(found[3]).toEqual([]);
  });

  it("gives a streaming saturation only with a determination, or as often as the site has set", () => {
    const streaming = { ...nothing, ...oximeter };
    const rounds = Array.from({ length: 7 }, () => streaming);
    expect(play(rounds).flat()).toEqual([]);
    const spots = play(rounds, { spotEverySeconds: 3 }).map((round) => round.map(({ value }) => value.text));
    expect(spots).toEqual([[], [], [], ["098", "072"], [], [], ["098", "072"]]);
  });

  const named = (found: readonly Finding[]): string => found.map(({ channel }) => channel).join(" ");
  const pressureNames = "NIBP_SYS NIBP_DIA NIBP_MAP";
  const warm: Round = { TC: "00!0000009860" };
  const cold: Round = { TC: "00!0000209860" };

  it("reads the sensors once for determinations that complete at once between two questions of a round", () => {
    const streaming = { ...nothing, ...oximeter };
    const rounds = [streaming, { ...streaming, ...warm }, { ...done(1), ...oximeter, ...cold }, streaming];
    expect(play(rounds).map(named)).toEqual(["", "TEMP SPO2 PULSE_SPO2", pressureNames, ""]);
  });

  it("reads the sensors once for determinations that complete at once, where the reply to one was lost", () => {
    const lost: Round = { NA: done(1)["NA"] ?? "", ...oximeter };
    const unheard: Round = { ...oximeter, ...warm };
    const both = { ...done(2), ...oximeter, ...cold };
    const streaming = { ...nothing, ...oximeter };
    expect(play([streaming, lost, both]).map(named)).toEqual(["", `${pressureNames} SPO2 PULSE_SPO2`, "TEMP"]);
    expect(play([streaming, unheard, unheard, both]).map(named)).toEqual([
      "",
      "TEMP SPO2 PULSE_SPO2",
      "",
      pressureNames,
    ]);
  });

  it("reads the sensors again for a determination that was not complete when they were read", () => {
    const streaming = { ...nothing, ...oximeter };
    const rounds = [streaming, { ...streaming, ...warm }, { ...streaming, ...cold }, { ...done(0), ...oximeter }];
    expect(play(rounds).map(named)).toEqual(["", "TEMP SPO2 PULSE_SPO2", "", `${pressureNames} SPO2 PULSE_SPO2`]);
    const underWay = [streaming, { ...busy, ...oximeter, ...warm }, { ...busy, ...oximeter, ...cold }, rounds[3] ?? {}];
    expect(play(underWay).map(named)).toEqual(["", "TEMP SPO2 PULSE_SPO2", "", `${pressureNames} SPO2 PULSE_SPO2`]);
  });

  it("reads the sensors again for a determination of whose question nobody answered since, but which is younger", () => {
    const away = Array.from({ length: 5 }, (): Round => ({}));
    const found = play([nothing, { ...nothing, ...oximeter, ...warm }, ...away, { ...done(3), ...oximeter }]);
    expect(named(found.at(-1) ?? [])).toEqual(`${pressureNames} SPO2 PULSE_SPO2`);
  });

  it("reads the sensors with a determination where they had nothing to show with the one before", () => {
    const rounds = [nothing, { ...nothing, ...warm }, { ...done(1), ...oximeter, ...cold }];
    expect(play(rounds).map(named)).toEqual(["", "TEMP", `${pressureNames} SPO2 PULSE_SPO2`]);
  });

  it("keeps a pulse counted by the cuff with its determination, as old as that", () => {
    const cuff: Round = { RA: "3068" };
    const found = play([nothing, { ...done(4), ...cuff }, { ...done(5), ...cuff }], { spotEverySeconds: 1 });
    expect(found.map((round) => round.filter(({ channel }) => channel === "PULSE_NIBP").map((f) => f.ageMs))).toEqual([
      [],
      [4000],
      [],
    ]);
  });

  it("takes a reply with another checksum only where the site says so, and flags it", () => {
    const wrong = " NA1100012120080093  \r";
    const found = (options: unknown) => {
      const time = new VirtualTime(driver.session(driver.options.parse(options)), "stored");
      time.give({ on: "open" });
      const actions = [...time.give({ on: "data", bytes: bytesOf(wrong) }), ...time.advance(10_000)];
      return actions.flatMap((action) => (action.do === "report" ? action.findings.map(({ flags }) => flags) : []));
    };
    expect(found({})).toEqual([]);
    expect(found({ replyChecksum: "warn" })).toEqual([["checksum"], ["checksum"], ["checksum"]]);
  });
});
