import { describe, expect, it } from "vitest";
import { ACK, Bench, ENQ, EOT, frame, frames, header, message, NAK, result } from "./bench.ts";

const [h = "", p = "", o = "", r = "", l = ""] = frames(...message);
const twoOrders = [header, "P|1|P0001", "O|1|S1", result(1, "5.1"), "O|2|S2", result(2, "5.2"), "L|1|N"];

describe("an acknowledgement", () => {
  it("waits for stored, with the frame that brings a result", () => {
    const bench = new Bench({ mode: "lenient" }, "none");
    bench.sayAll([ENQ, h, p, o]);
    expect(bench.say(r)).toBe("");
    expect(bench.stored(1)).toBe(ACK);
    expect(bench.say(l)).toBe(ACK);
  });

  it("waits for stored, with the frame that closes an order where messages end with L", () => {
    const bench = new Bench({ mode: "strict" }, "none");
    const [header = "", patient = "", first = "", one = "", second = "", two = "", end = ""] = frames(...twoOrders);
    expect(bench.sayAll([ENQ, header, patient, first, one])).toEqual([ACK, ACK, ACK, ACK, ACK]);
    expect(bench.say(second)).toBe("");
    expect(bench.texts).toEqual(["5.1"]);
    expect(bench.stored(1)).toBe(ACK);
    expect(bench.say(two)).toBe(ACK);
    expect(bench.say(end)).toBe("");
    expect(bench.texts).toEqual(["5.1", "5.2"]);
    expect(bench.stored(2)).toBe(ACK);
  });

  it("is refused when the result could not be stored, and the frame that comes again is offered again", () => {
    const bench = new Bench({}, (receipt) => (receipt < 3 ? "refused" : "stored"));
    bench.sayAll([ENQ, h, p, o]);
    expect(bench.sayAll([r, r, r, l])).toEqual([NAK, NAK, ACK, ACK]);
    expect(bench.findings.map(({ identity }) => identity)).toEqual([...Array(3).fill(bench.findings[0]?.identity)]);
  });

  it("is put off by a refusal before the instrument loses patience, and follows when the frame comes again", () => {
    const bench = new Bench({}, "none");
    bench.sayAll([ENQ, h, p, o, r]);
    expect(bench.wait(9_999)).toBe("");
    expect(bench.wait(1)).toBe(NAK);
    expect(bench.say(r)).toBe("");
    expect(bench.stored(1)).toBe(ACK);
    expect(bench.say(l)).toBe(ACK);
    expect(bench.texts).toEqual(["5.8"]);
  });

  it("is not written into a silence: stored after the refusal, it waits for the frame", () => {
    const bench = new Bench({}, "none");
    bench.sayAll([ENQ, h, p, o, r]);
    bench.wait(10_000);
    expect(bench.stored(1)).toBe("");
    expect(bench.say(r)).toBe(ACK);
    expect(bench.texts).toEqual(["5.8"]);
  });

  it("is not written to an instrument that has given up meanwhile", () => {
    const bench = new Bench({}, "none");
    bench.sayAll([ENQ, h, p, o, r, EOT]);
    expect(bench.stored(1)).toBe("");
    expect(bench.say(ENQ)).toBe(ACK);
  });

  it("is one where an impatient instrument said the same frame twice", () => {
    const bench = new Bench({}, "none");
    bench.sayAll([ENQ, h, p, o, r, r]);
    expect(bench.stored(1)).toBe(ACK);
    expect(bench.texts).toEqual(["5.8"]);
  });

  it("goes to ENQ alone where the instrument began anew meanwhile", () => {
    const bench = new Bench({}, "none");
    bench.sayAll([ENQ, h, p, o, r, EOT, ENQ]);
    expect(bench.stored(1)).toBe(ACK);
    expect(bench.say(h)).toBe(ACK);
  });

  it("outlives noise that comes while it waits", () => {
    const bench = new Bench({}, "none");
    bench.sayAll([ENQ, h, p, o, r, "\xff\xfe"]);
    expect(bench.stored(1)).toBe(ACK);
    expect(bench.say(l)).toBe(ACK);
  });
});

describe("results that were acknowledged before their message broke the rules", () => {
  it("are stored at EOT, and a new transfer waits until they are", () => {
    const bench = new Bench({ mode: "strict" }, "none");
    bench.sayAll([ENQ, h, p, o, r, EOT]);
    expect(bench.texts).toEqual(["5.8"]);
    expect(bench.discards).toEqual(["malformed: accepted: a message without L record; the option end should be EOT"]);
    expect(bench.say(ENQ)).toBe(NAK);
    bench.stored(1);
    expect(bench.say(ENQ)).toBe(ACK);
  });

  it("are offered again until they can be stored", () => {
    const bench = new Bench({ mode: "strict" }, (receipt) => (receipt < 3 ? "refused" : "stored"));
    bench.sayAll([ENQ, h, p, o, r, EOT]);
    expect(bench.say(ENQ)).toBe(NAK);
    bench.wait(20_000);
    expect(bench.texts).toEqual(["5.8", "5.8", "5.8"]);
    expect(bench.say(ENQ)).toBe(ACK);
  });

  it("are given up where a later frame was refused: the analyzer knows that its message did not go over", () => {
    const bench = new Bench({ mode: "strict" });
    bench.sayAll([ENQ, h, p, o, r, l.replace("N", "M"), EOT]);
    expect(bench.texts).toEqual([]);
    expect(bench.discards.at(-1)).toBe("cut: a result of an order that was broken off");
    bench.send(message);
    expect(bench.texts).toEqual(["5.8"]);
  });
});

describe("every byte", () => {
  it("of a result that was offered and taken back is not discarded besides", () => {
    const bench = new Bench({ mode: "strict" }, "refused");
    bench.sayAll([ENQ, h, p, o, r, l, EOT]);
    expect(bench.texts).toEqual(["5.8"]);
    expect(bench.discards).toEqual([]);
  });

  it("of a frame just over the bound is discarded once, also where the next one begins right there", () => {
    const bench = new Bench({ mode: "strict" });
    bench.sayAll([ENQ, `\x021${"x".repeat(240)}`, EOT]);
    const spans = bench.played.discards.map(({ span }) => span);
    expect(spans).toEqual([{ from: 1, to: 243 }]);
  });
});

describe("a gateway killed at any byte", () => {
  /**
   * The analyzer of the standard: it sends a message until its last frame is acknowledged. Each gateway lives for so
   * many events, and only what it stored outlives it.
   */
  it.each([{ mode: "strict" }, { mode: "lenient" }])(
    "loses no result whose message was acknowledged, and stores none twice: %j",
    (options) => {
      const all = frames(...twoOrders);
      for (let lives = 1; lives <= 30; lives++) {
        const journal = new Map<string, string | undefined>();
        let bench = new Bench(options, "none");
        let left = lives;
        let killed = false;
        const life = (act: () => string): string => {
          if (left-- === 0 && !killed) {
            killed = true;
            bench = new Bench(options, "none");
          }
          return act();
        };
        const store = (): string => {
          const answers = bench.played.steps.flatMap((step) =>
            "action" in step && step.action.do === "report" ? [step.action] : [],
          );
          const last = answers.at(-1);
          for (const finding of last?.findings ?? []) journal.set(finding.identity ?? "", finding.value.text);
          return last === undefined ? "" : life(() => bench.stored(last.receipt));
        };
        const utter = (bytes: string): string => life(() => bench.say(bytes)) || store();
        let done = false;
        for (let attempt = 0; attempt < 4 && !done; attempt++) {
          done = utter(ENQ) === ACK && all.every((bytes) => utter(bytes) === ACK);
          life(() => bench.say(EOT));
        }
        expect(done).toBe(true);
        expect([...journal.values()].sort()).toEqual(["5.1", "5.2"]);
      }
    },
  );
});

describe("a record of a type that LIS02 does not have", () => {
  const lower = result(1, "5.8").replace("R", "r");

  it.each(["strict", "lenient"])("is never acknowledged, however often it is sent, in %s mode", (mode) => {
    const bench = new Bench({ mode });
    expect(bench.sayAll([ENQ, h, p, o]).join("")).toBe(ACK.repeat(4));
    expect(bench.sayAll(Array.from({ length: 7 }, () => frame(4, `${lower}\r`))).join("")).toBe(NAK.repeat(7));
    bench.say(EOT);
    expect(bench.findings).toEqual([]);
    expect(bench.discards).toEqual(Array(7).fill("malformed: a record of type r that LIS02 does not have"));
    expect(bench.send(message)).toBe(ACK.repeat(6));
    expect(bench.texts).toEqual(["5.8"]);
  });

  it("refuses the frame in which it ends, where it goes over several", () => {
    const bench = new Bench();
    bench.sayAll([ENQ, h, p, o]);
    expect(bench.say(frame(4, lower.slice(0, 20), false))).toBe(ACK);
    expect(bench.say(frame(5, `${lower.slice(20)}\r`))).toBe(NAK);
    expect(bench.findings).toEqual([]);
  });

  it("takes the whole of its frame back, and what came with it is stored when it comes without", () => {
    const bench = new Bench();
    bench.sayAll([ENQ, h, p, o]);
    expect(bench.say(frame(4, `${result(1, "5.8")}\r${lower}\r`))).toBe(NAK);
    expect(bench.findings).toEqual([]);
    expect(bench.say(frame(4, `${result(1, "5.8")}\r`))).toBe(ACK);
    expect(bench.texts).toEqual(["5.8"]);
  });

  it.each(["X|1|5.8", "1|5.8", "R1|5.8", "|", "h|\\^&"])("refuses its frame: %s", (record) =>
    expect(new Bench().send([...message.slice(0, 3), record]).at(-1)).toBe(NAK),
  );

  it("passes where the options say that it holds no result", () => {
    const bench = new Bench({ otherRecords: ["X"] });
    expect(bench.send([...message.slice(0, 3), "X|1|5.8", ...message.slice(3)])).toBe(ACK.repeat(7));
    expect(bench.texts).toEqual(["5.8"]);
    expect(bench.discards).toEqual([]);
  });

  it("is named in the discard by its letter alone: what is longer may be a name", () => {
    const bench = new Bench();
    bench.send([header, "Doe^Jane"]);
    expect(bench.discards.join()).not.toContain("Doe");
  });

  it("is discarded alone among bare records, which nobody acknowledges", () => {
    const bench = new Bench({ framing: "records" });
    bench.say([...message.slice(0, 3), lower, result(2, "5.9"), "L|1|N"].map((record) => `${record}\r`).join(""));
    expect(bench.texts).toEqual(["5.9"]);
    expect(bench.discards).toEqual(["malformed: a record of type r that LIS02 does not have"]);
  });
});

it("records of the standard that hold no result are acknowledged, and padding around a type is no other type", () => {
  const bench = new Bench();
  const others = ["M|1|RR^BM^c111^1", "S|1|2", "C|1|I|43|G"];
  expect(bench.send([...message.slice(0, 3), ...others, "R |1|^^^Glu|5.8|mmol/L", "L|1|N"])).toBe(ACK.repeat(9));
  expect(bench.texts).toEqual(["5.8"]);
});
