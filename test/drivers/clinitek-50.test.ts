import { describe, expect, it } from "vitest";
import { driver } from "../../drivers/clinitek-50/driver.ts";
import { packet } from "../../drivers/clinitek-50/simulation.ts";
import { type Answer, collect, joined, VirtualTime } from "../../src/driver-kit/replay.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";

const [ENQ, NEXT, ACK, NAK] = ["\x05", "\x11\x12", "\x06", "\x15"];
const identification = packet("6510  01.02 9706201349", "DEUTSCH - CONV.", "MULTISTIX 8 SG");
const strip = packet("6510A 01.02 9703031111", "008 GELB", "GLU* 50 mg/dL       ");

/** A session that has been told who the analyzer is, and has asked for a result. */
function asked(answer: Answer = "stored", options: Record<string, unknown> = {}) {
  const time = new VirtualTime(driver.session(driver.options.parse(options)), answer);
  const written = (actions: ReturnType<VirtualTime["give"]>) =>
    latin1(joined(actions.flatMap((action) => (action.do === "write" ? [action.bytes] : []))));
  const wait = (ms: number) => written(time.advance(time.now + ms));
  const say = (bytes: Uint8Array) => written(time.give({ on: "data", bytes }));
  time.give({ on: "open" });
  expect(wait(250)).toBe(ENQ);
  say(identification);
  expect(wait(250)).toBe(NEXT);
  return { wait, say, played: () => collect(time.steps) };
}

describe("a result", () => {
  it("is acknowledged once it is stored, and the next one asked for", () => {
    const { say, wait } = asked();
    expect(say(strip)).toBe(ACK);
    expect(wait(250)).toBe(NEXT);
  });

  it("that could not be stored is neither acknowledged nor refused, and the conversation begins anew later", () => {
    const { say, wait } = asked("refused");
    expect(say(strip)).toBe("");
    expect(wait(14_999)).toBe("");
    expect(wait(1)).toBe(ENQ);
  });

  it("that is spoilt is asked for again, three times, and never read", () => {
    const { say, wait, played } = asked();
    const spoilt = strip.map((byte, i) => (i === 30 ? byte ^ 1 : byte));
    for (const again of [NAK, NAK, NAK, ""]) {
      expect(say(spoilt)).toBe("");
      expect(wait(1000)).toBe(again);
    }
    expect(wait(15_000)).toBe(ENQ);
    expect(played().findings).toEqual([]);
  });

  it("as the published example prints it, its blanks lost and its sum wrong, is discarded for that, and asked for again", () => {
    const lines = ["6510  01.02 9703031111", "008 HELL GELB", "GLU  NEGATIV", "BIL  NEGATIV", "KET  NEGATIV"];
    lines.push("SG   >=1.030", "pH   5.0", "PRO  NEGATIV", "UBG  0.2 mg/dL", "NIT  NEGATIV");
    lines.push("OBL* Ca 10 Ery/uL", "LEU  0 Leu/uL");
    const printed = (sum: string) => bytesOf(`\x02\r\n${lines.join("\r\n")}\r\n${sum}\x03`);
    const { say, wait, played } = asked();
    expect(say(printed("4C"))).toBe("");
    expect(wait(1000)).toBe(NAK);
    expect(played().discards.map(({ reason }) => reason)).toEqual(["checksum"]);
    // With the sum that its bytes do have it would have been read.
    expect(say(printed("09"))).toBe(ACK);
  });

  it("that comes whole after it was spoilt is read", () => {
    const { say, wait } = asked();
    say(strip.subarray(0, 30));
    expect(wait(1000)).toBe(NAK);
    expect(say(strip)).toBe(ACK);
  });

  it("has the date in the order that the analyzer is set to", () => {
    const { say, played } = asked("stored", { dateOrder: "dmy" });
    say(packet("6510  01.02 0302971111", "008", "GLU  NEGATIV        "));
    expect(played().findings[0]?.deviceTime).toEqual({ text: "0302971111", local: "1997-02-03T11:11" });
  });
});

it("an analyzer that is not there is looked for again", () => {
  const { wait } = asked();
  expect(wait(3000)).toBe("");
  expect(wait(15_000)).toBe(ENQ);
});
