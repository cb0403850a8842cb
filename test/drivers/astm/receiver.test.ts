import { describe, expect, it } from "vitest";
import { ACK, Bench, ENQ, EOT, frame, frames, header, message, NAK, result } from "./bench.ts";

describe("LIS01 receiver", () => {
  it("acknowledges ENQ and every good frame, and answers nothing to EOT", () => {
    expect(new Bench().sayAll([ENQ, ...frames(...message), EOT])).toEqual([ACK, ACK, ACK, ACK, ACK, ACK, ""]);
  });

  it.each([
    ["a wrong checksum", frame(1, `${header}\r`).replace("an1", "an2"), "checksum"],
    ["no checksum", `\x021${header}\r\x03\r\n`, "checksum"],
    ["a number beyond 7", "\x028H\r\x0390\r\n", "malformed"],
    ["a control character in its text", frame(1, `${header}\x11\r`), "malformed"],
    ["NUL in its text, which no checksum sees", frame(1, `${header}\x00\r`), "malformed"],
    ["more than 240 characters", frame(1, `${header}${"|".repeat(240)}\r`), "too-long"],
    ["no ETX", frame(1, `${header}\r`).replace("\x03", ""), "malformed"],
    ["no STX", frame(1, `${header}\r`).slice(1), "cut"],
    ["something else than CR LF", frame(1, `${header}\r`).replace("\r\n", "x\r\n"), "malformed"],
  ])("refuses a frame with %s, and takes it when it comes again", (_, bad, reason) => {
    const bench = new Bench({ mode: "strict" });
    bench.say(ENQ);
    expect(bench.say(bad)).toBe(NAK);
    expect(new Set(bench.discards.map((d) => d.split(":")[0]))).toEqual(new Set([reason]));
    expect(bench.sayAll(frames(...message))).toEqual([ACK, ACK, ACK, ACK, ACK]);
    expect(bench.texts).toEqual(["5.8"]);
  });

  it("accepts lower-case checksum digits", () => {
    const bench = new Bench({ mode: "strict" });
    bench.say(ENQ);
    expect(bench.say(frame(1, `${header}\r`).replace("A1\r\n", "a1\r\n"))).toBe(ACK);
  });

  it("acknowledges a frame that comes twice, and reads it once", () => {
    const bench = new Bench({ mode: "strict" });
    const [h = "", p = "", o = "", r = "", l = ""] = frames(...message);
    expect(bench.sayAll([ENQ, h, h, p, o, r, r, r, l, l, EOT]).join("")).toBe(ACK.repeat(10));
    expect(bench.texts).toEqual(["5.8"]);
  });

  it("never takes another frame with the last number for a repetition", () => {
    const bench = new Bench({ mode: "strict" });
    const [h = "", p = "", o = "", r = ""] = frames(...message);
    bench.sayAll([ENQ, h, p, o, r]);
    expect(bench.say(frame(4, `${result(2, "6.8")}\r`))).toBe(NAK);
  });

  it("takes nothing more of a transfer that went on without the frame that was refused", () => {
    const bench = new Bench({ mode: "lenient" });
    const many = [header, "P|1|P0001", ...[2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => result(n, `${n}.0`)), "L|1|N"];
    const [h = "", p = "", ...rest] = frames(...many);
    bench.sayAll([ENQ, h]);
    expect(bench.say(p.replace("P0001", "P0007"))).toBe(NAK);
    // Eight frames on, the number that is missing comes again.
    expect(bench.sayAll(rest).join("")).toBe(NAK.repeat(rest.length));
    bench.say(EOT);
    expect(bench.findings).toEqual([]);
    expect(bench.send(message)).toBe(ACK.repeat(6));
  });

  it("gives a transfer up after 30 s of silence, and is free again", () => {
    const bench = new Bench({ mode: "strict" });
    bench.sayAll([ENQ, ...frames(...message.slice(0, 4))]);
    bench.wait(29_999);
    expect(bench.discards).toEqual([]);
    bench.wait(1);
    expect(bench.discards).toEqual(["cut: a result of an order that was broken off"]);
    expect(bench.send(message)).toBe(ACK.repeat(6));
  });

  it("does not let noise keep a dead transfer alive", () => {
    const bench = new Bench({ mode: "strict" });
    bench.sayAll([ENQ, ...frames(...message.slice(0, 4))]);
    for (let i = 0; i < 31; i++) {
      bench.say("\xff");
      bench.wait(1000);
    }
    expect(bench.discards).toContain("cut: a result of an order that was broken off");
  });

  it("reads a slow frame, however long it takes", () => {
    const bench = new Bench({ mode: "strict" });
    bench.say(ENQ);
    const answers = [...frame(1, `${header}\r`)].map((byte) => {
      bench.wait(1000);
      return bench.say(byte);
    });
    expect(answers.join("")).toBe(ACK);
  });

  it("passes over an ENQ that EOT follows, as analyzers send to keep the line alive", () => {
    const bench = new Bench();
    expect(bench.sayAll([ENQ, EOT, ENQ, EOT])).toEqual([ACK, "", ACK, ""]);
    expect(bench.discards).toEqual([]);
  });

  it("answers the last word alone: whoever has gone on takes a late answer for the next one's", () => {
    const bench = new Bench();
    expect(bench.say(`${ENQ}${EOT}${ENQ}${EOT}${ENQ}`)).toBe(ACK);
  });

  it("ignores everything but ENQ while the line is free", () => {
    const bench = new Bench({ mode: "strict" });
    expect(bench.sayAll(["noise", ACK, NAK, EOT, ...frames(...message)]).join("")).toBe("");
    bench.close();
    expect(bench.findings).toEqual([]);
  });

  it("begins anew on ENQ within a transfer, or refuses it where told to, until the 30 s are over", () => {
    const restarting = new Bench({ mode: "strict" });
    restarting.sayAll([ENQ, ...frames(...message.slice(0, 3))]);
    expect(restarting.send(message)).toBe(ACK.repeat(6));
    expect(restarting.texts).toEqual(["5.8"]);

    const refusing = new Bench({ mode: "strict", enqInTransfer: "refuse" });
    refusing.sayAll([ENQ, ...frames(...message.slice(0, 3))]);
    expect(refusing.say(ENQ)).toBe(NAK);
    refusing.wait(10_000);
    expect(refusing.say(ENQ)).toBe(NAK);
    refusing.wait(20_000);
    expect(refusing.send(message)).toBe(ACK.repeat(6));
  });

  it("finds the frame that follows noise with a start of its own", () => {
    const bench = new Bench({ mode: "strict" });
    bench.say(ENQ);
    const [h = "", ...rest] = frames(...message);
    expect(bench.say(`\x02\x021garbage${h}`)).toBe(ACK);
    expect(bench.sayAll(rest).join("")).toBe(ACK.repeat(4));
  });

  it("sends nothing on opening and nothing into silence", () => {
    const bench = new Bench();
    expect(bench.wait(3_600_000)).toBe("");
  });
});

describe("lenient mode", () => {
  const h = frame(1, `${header}\r`);

  it.each([
    ["without LF", h.slice(0, -1)],
    ["without CR LF", h.slice(0, -2)],
    ["with LF alone", h.replace("\r\n", "\n")],
  ])("takes a frame %s, and says so", (_, frameText) => {
    const bench = new Bench();
    bench.say(ENQ);
    expect(bench.say(frameText) + bench.wait(300)).toBe(ACK);
    expect(bench.discards).toHaveLength(1);
    expect(bench.discards[0]).toMatch(/^malformed: accepted: a frame without CR/);
  });

  it("says each departure from the standard once a session", () => {
    const bench = new Bench();
    const long = [header, `C|1|I|${"x".repeat(300)}|G`, "L|1|N"];
    bench.send(long);
    bench.send(long);
    expect(bench.discards).toEqual(["malformed: accepted: a frame longer than the standard's 240 characters"]);
  });

  it("takes the numbers of an analyzer that does not count by the standard", () => {
    const bench = new Bench();
    const numbers = [1, 2, 3, 4, 5, 1, 1, 1, 4, 5, 6, 7, 0, 1, 2, 3];
    const records = [header, "P|1|P0001", "O|1|SID1", ...numbers.slice(4).map((_, i) => result(i, `${i}.5`)), "L|1|N"];
    bench.say(ENQ);
    const answers = records.map((record, i) => bench.say(frame(numbers[i] ?? 0, `${record}\r`)));
    expect(answers.join("")).toBe(ACK.repeat(16));
    expect(bench.findings).toHaveLength(12);
  });

  it("takes no number out of turn where a frame may have been lost", () => {
    const bench = new Bench();
    bench.sayAll([ENQ, h]);
    bench.say("\xa5");
    expect(bench.say(frame(3, "O|1|SID1\r"))).toBe(NAK);
  });

  it("takes a first frame without ENQ, but no later one", () => {
    expect(new Bench().sayAll(frames(...message)).join("")).toBe(ACK.repeat(5));
    const restarted = new Bench();
    expect(restarted.sayAll(frames(...message).slice(3)).join("")).toBe("");
    expect(restarted.findings).toEqual([]);
  });

  it("takes 64 KiB in one frame", () => {
    const bench = new Bench();
    bench.say(ENQ);
    const text = `${header}\rM|1|${"A".repeat(60_000)}\r${message.slice(1).join("\r")}\r`;
    expect(bench.say(frame(1, text))).toBe(ACK);
    expect(bench.texts).toEqual(["5.8"]);
  });
});

describe("bare records over TCP", () => {
  const options = { framing: "records" };

  it("are read without a word said", () => {
    const bench = new Bench(options);
    expect(bench.say(`${message.join("\r")}\r`)).toBe("");
    expect(bench.texts).toEqual(["5.8"]);
  });

  it("are read without L record too, once the line is silent", () => {
    const bench = new Bench({ ...options, end: "L" });
    bench.say(`${message.slice(0, 4).join("\r")}\r`);
    expect(bench.texts).toEqual([]);
    bench.wait(30_000);
    expect(bench.texts).toEqual(["5.8"]);
  });

  it("are discarded before a header", () => {
    const bench = new Bench(options);
    bench.say(`${result(1, "5.8")}\r`);
    expect(bench.discards).toEqual(["malformed: a record before the header"]);
  });
});
