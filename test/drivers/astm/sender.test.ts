import { describe, expect, it } from "vitest";
import { ACK, Bench, ENQ, EOT, frame, frames, header, message, NAK } from "./bench.ts";

const query = [header, "Q|1|^SID305||ALL||||||||O", "L|1|N"];
const [first, second] = [frame(1, "H|\\^&|||host|||||an1||P|1\r"), frame(2, "L|1|I\r")];

/** A bench whose gateway has just bid for the line, to answer a query. */
function asked(options: Record<string, unknown> = {}): Bench {
  const bench = new Bench(options);
  expect(bench.send(query)).toBe(`${ACK.repeat(4)}${ENQ}`);
  return bench;
}

describe("the answer to a query", () => {
  it("is a header and the code for no information, in frames of their own", () => {
    expect(asked().sayAll([ACK, ACK, ACK])).toEqual([first, second, EOT]);
  });

  it("keeps the delimiters of the query, and the names in it, character for character", () => {
    const bench = new Bench();
    bench.send(["H@\\^|@@@an1^v\\F\\2@@@@@our lab@@P", "Q@1@^SID305", "L@1@N"]);
    expect(bench.say(ACK)).toBe(frame(1, "H@\\^|@@@our lab@@@@@an1^v\\F\\2@@P\r"));
  });

  it("is not given where the site says so, nor to a query that was withdrawn", () => {
    expect(new Bench({ queries: "ignore" }).send(query)).toBe(ACK.repeat(4));
    const withdrawn = [header, "Q|1|^SID305||ALL||||||||A", "L|1|N"];
    expect(new Bench().send(withdrawn)).toBe(ACK.repeat(4));
  });

  it("is sent again frame by frame on NAK or any other character, six times, and then given up with EOT", () => {
    const bench = asked();
    bench.say(ACK);
    const again = [NAK, "x", NAK, NAK, "y", NAK];
    expect(bench.sayAll(again)).toEqual(Array(6).fill(first));
    expect(bench.say(NAK)).toBe(EOT);
    expect(bench.send(message)).toBe(ACK.repeat(6));
  });

  it("gives up with EOT when nobody answers for 15 s, to ENQ and to a frame", () => {
    const unheard = asked();
    expect(unheard.wait(14_999)).toBe("");
    expect(unheard.wait(1)).toBe(EOT);

    const halfway = asked();
    halfway.say(ACK);
    expect(halfway.wait(15_000)).toBe(EOT);
    expect(halfway.wait(3_600_000)).toBe("");
  });

  it("bids again 10 s after a refusal, and not for ever", () => {
    const bench = asked();
    expect(bench.say(NAK)).toBe("");
    expect(bench.wait(9_999)).toBe("");
    expect(bench.wait(1)).toBe(ENQ);
    for (let bids = 2; bids < 6; bids++) {
      bench.say(NAK);
      expect(bench.wait(10_000)).toBe(ENQ);
    }
    bench.say(NAK);
    expect(bench.wait(3_600_000)).toBe("");
  });

  it("gives way when both bid at once, and bids again 20 s after the line is free", () => {
    const bench = asked();
    expect(bench.say(ENQ)).toBe("");
    bench.wait(1000);
    expect(bench.send(message)).toBe(ACK.repeat(6));
    expect(bench.texts).toEqual(["5.8"]);
    expect(bench.wait(19_999)).toBe("");
    expect(bench.wait(1)).toBe(ENQ);
  });

  it("leaves the line to a receiver that interrupts, and begins anew 15 s later", () => {
    const bench = asked();
    bench.say(ACK);
    expect(bench.say(EOT)).toBe(EOT);
    bench.wait(14_999);
    expect(bench.send(message)).toBe(ACK.repeat(6));
    expect(bench.wait(15_000)).toBe(ENQ);
    expect(bench.say(ACK)).toBe(first);
  });

  it("is complete where the last frame is answered with an interruption", () => {
    const bench = asked();
    bench.sayAll([ACK, ACK]);
    expect(bench.say(EOT)).toBe(EOT);
    expect(bench.wait(3_600_000)).toBe("");
  });

  it("is not owed for a query that was broken off", () => {
    const bench = new Bench();
    const [h = "", q = ""] = frames(...query);
    bench.sayAll([ENQ, h, q]);
    expect(bench.wait(60_000)).toBe("");
  });
});
