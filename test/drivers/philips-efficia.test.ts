import { describe, expect, it } from "vitest";
import { driver } from "../../drivers/philips-efficia/driver.ts";
import { acknowledgement } from "../../drivers/philips-efficia/messages.ts";
import { simulation } from "../../drivers/philips-efficia/simulation.ts";
import type { Action } from "../../src/driver-kit/contract.ts";
import { type Answer, VirtualTime } from "../../src/driver-kit/replay.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";

const oxygen = "OBX||NM|0002-4bb8^SpO2^MDIL||98|0004-0220^%^MDIL|||||F";
const cuff = (systolic: string, time: string): readonly string[] => [
  `OBX||NM|0002-4a05^NBPs^MDIL||${systolic}|0004-0f20^mmHg^MDIL|||||F|||${time}`,
  `OBX||NM|0002-4a06^NBPd^MDIL||85|0004-0f20^mmHg^MDIL|||||F|||${time}`,
];

/** Answers each query with the next of these replies (their OBX segments), or not at all. */
function play(
  replies: readonly (readonly string[] | undefined)[],
  patient = "MRN1",
  answer: Answer | ((receipt: number) => Answer) = "stored",
) {
  const time = new VirtualTime(driver.session(driver.options.parse({})), answer);
  const written: string[] = [];
  const rounds = replies.map((obx, i) => {
    const found: string[] = [];
    const take = (actions: readonly Action[]): string | undefined => {
      let query: string | undefined;
      for (const action of actions) {
        if (action.do === "report")
          found.push(...action.findings.map(({ channel, value }) => `${channel} ${value.text}`));
        if (action.do !== "write") continue;
        written.push(latin1(action.bytes));
        query = /\|R\|I\|(VW[0-9]{8})\|/.exec(latin1(action.bytes))?.[1] ?? query;
      }
      return query;
    };
    const query = take(i === 0 ? time.give({ on: "open" }) : time.advance(time.alarm ?? 0));
    if (obx === undefined || query === undefined) return found;
    const at = `201405101245${String(i).padStart(2, "0")}`;
    const text = [
      `MSH|^~\\&|^EfficiaCM||||${at}||ORF^R04|MONITORABC${String(i).padStart(10, "0")}|P|2.4`,
      `MSA|AA|${query}`,
      `QRD|${at}|R|I|${query}|||||STA`,
      `PID|||${patient}`,
      `OBR||||MONITOR|||${at}`,
      ...obx,
    ].join("\r");
    take(time.give({ on: "data", bytes: bytesOf(`\x0b${text}\r\x1c\r`) }));
    return found;
  });
  return { rounds, written };
}

describe("an Efficia session", () => {
  it("reads a determination when two replies show it, and once only", () => {
    const shown = cuff("122", "20140510124400");
    expect(play([shown, shown, shown, shown]).rounds).toEqual([[], ["NBPs 122", "NBPd 85"], [], []]);
  });

  it("reads no determination that no two replies in a row show alike", () => {
    const replies = ["122", "132", "123", "122"].map((text) => cuff(text, "20140510124400"));
    expect(play(replies).rounds.flat()).toEqual([]);
  });

  it("reads the next determination with the same values by its time", () => {
    const first = cuff("122", "20140510124400");
    const next = cuff("122", "20140510124500");
    expect(play([first, first, next, next]).rounds.map((found) => found.length)).toEqual([0, 2, 0, 2]);
  });

  it("reads a sensor once for each time that it is put on", () => {
    const on = [oxygen];
    const off = [oxygen.replace("|98|", "||").replace(/F$/, "X")];
    const { rounds } = play([on, on, on, off, on, on, on]);
    expect(rounds.map((found) => found.length)).toEqual([0, 1, 0, 0, 0, 1, 0]);
  });

  it("takes a sensor for put on anew after the monitor was away", () => {
    const { rounds } = play([[oxygen], [oxygen], undefined, undefined, undefined, [oxygen], [oxygen]]);
    expect(rounds.map((found) => found.length)).toEqual([0, 1, 0, 0, 0, 0, 1]);
  });

  it("acknowledges the reply with a determination after it is stored, and says so where it is not", () => {
    const shown = cuff("122", "20140510124400");
    const answers = (answer: Answer) =>
      play([shown, shown], "MRN1", answer).written.flatMap((text) => /MSA\|(A[AE])\|[^\r]*/.exec(text)?.[0] ?? []);
    expect(answers("stored")).toEqual(["MSA|AA|MONITORABC0000000001"]);
    expect(answers("refused")).toEqual(["MSA|AE|MONITORABC0000000001"]);
    expect(answers("none")).toEqual([]);
  });

  it("writes the acknowledgement that the maker's guide prints", () => {
    const reply = { controlId: "MONITORABC000000002D", at: "20140510124500" };
    expect(acknowledgement("AA", "EXAMPLE123", reply)).toBe(
      "MSH|^~\\&|||||20140510124500||ACK^^ACK_ALL|EXAMPLE123|P|2.4\rMSA|AA|MONITORABC000000002D\r",
    );
  });

  it("reads nothing of a reply in which only one of the two places names its query", () => {
    const time = new VirtualTime(driver.session(driver.options.parse({})), "stored");
    time.give({ on: "open" });
    for (const [msa, qrd] of [
      ["VW00000001", "QUERY123"],
      ["EXAMPLE123", "VW00000001"],
    ]) {
      const text = `MSH|^~\\&|^EfficiaCM||||20140510124500||ORF^R04|MONITORABC000000002D|P|2.4\rMSA|AA|${msa}\r`;
      const rest = `QRD|20140510124500|R|I|${qrd}|||||STA\rOBR||||MONITOR|||20140510124500\r${oxygen}\r`;
      expect(time.give({ on: "data", bytes: bytesOf(`\x0b${text}${rest}\x1c\r`) })).toEqual([
        { do: "discard", span: expect.anything(), reason: "unsolicited" },
        // The reply that is due is waited for, and not asked for anew.
        { do: "wake", afterMs: 5000 },
      ]);
    }
  });

  it("asks again at last where stray replies come on and on and its own does not", () => {
    const time = new VirtualTime(driver.session(driver.options.parse({})), "stored");
    let asked = 0;
    const take = (actions: readonly Action[]): void => {
      asked += actions.filter((action) => action.do === "write").length;
    };
    take(time.give({ on: "open" }));
    const head = "MSH|^~\\&|^EfficiaCM||||20140510124500||ORF^R04|MONITORABC0000000500|P|2.4\rMSA|AA|VW99999999\r";
    const stray = `${head}QRD|20140510124500|R|I|VW99999999|||||STA\rOBR||||MONITOR|||20140510124500\r${oxygen}\r`;
    for (let at = 3000; at <= 60_000; at += 3000) {
      while (time.alarm !== undefined && time.alarm <= at) take(time.advance(time.alarm));
      time.now = at;
      take(time.give({ on: "data", bytes: bytesOf(`\x0b${stray}\x1c\r`) }));
    }
    expect(asked).toBeGreaterThan(2);
  });

  it("waits for the reply that is due where a stray one comes before it, over either framing", () => {
    const framings: readonly (readonly ["mllp" | "bare", (text: string) => string])[] = [
      ["mllp", (text) => `\x0b${text}\x1c\r`],
      ["bare", (text) => text],
    ];
    for (const [framing, framed] of framings) {
      const time = new VirtualTime(driver.session(driver.options.parse({ framing })), "stored");
      const asked: string[] = [];
      let reports = 0;
      const take = (actions: readonly Action[]): void => {
        for (const action of actions) {
          if (action.do === "report") reports++;
          if (action.do !== "write") continue;
          asked.push(...(/\|R\|I\|(VW[0-9]{8})\|/.exec(latin1(action.bytes))?.slice(1) ?? []));
        }
      };
      const reply = (query: string, at: number) => {
        const head = `MSH|^~\\&|^EfficiaCM||||20140510124${at}||ORF^R04|MONITORABC0000000${at}|P|2.4\rMSA|AA|${query}\r`;
        const rest = `QRD|20140510124500|R|I|${query}|||||STA\rOBR||||MONITOR|||20140510124500\r${oxygen}\r`;
        take(time.give({ on: "data", bytes: bytesOf(framed(`${head}${rest}`)) }));
      };
      take(time.give({ on: "open" }));
      time.now = 100;
      reply("VW99999999", 500);
      for (let at = 501; at < 506; at++) {
        // Each answer comes 700 ms after its question, later than the silence that ends the stray one.
        const query = asked.at(-1) ?? "";
        const due = time.now + 700;
        while (time.alarm !== undefined && time.alarm <= due) take(time.advance(time.alarm));
        time.now = due;
        reply(query, at);
        while (asked.at(-1) === query && time.alarm !== undefined) take(time.advance(time.alarm));
      }
      expect([framing, reports]).toEqual([framing, 1]);
    }
  });

  it("offers what could not be stored again as it was, and acknowledges nothing before it is stored", () => {
    const shown = [...cuff("122", "20140510124400"), oxygen];
    const { rounds, written } = play([shown, shown, shown, shown], "MRN1", (receipt) =>
      receipt < 3 ? "refused" : "stored",
    );
    expect(rounds.map((found) => found.length)).toEqual([0, 3, 6, 0]);
    expect(
      written.flatMap((text) => /MSA\|(A[AE])\|MONITORABC0*([0-9]+)/.exec(text)?.slice(1).join(" ") ?? []),
    ).toEqual(["AE 1", "AA 3"]);
  });

  it("asks with the monitor's own time, as soon as it knows it", () => {
    const { written } = play([[oxygen], [oxygen]]);
    const queries = written.flatMap((text) => /QRD\|([0-9]*)\|/.exec(text)?.[1] ?? []);
    expect(queries).toEqual(["20000101000000", "20140510124500"]);
  });
});

describe("the simulated Efficia", () => {
  it("answers without blocks too", () => {
    const instrument = simulation.instrument({ framing: "bare" });
    instrument.handle({ on: "measure", values: { SpO2: "97" }, at: "2026-11-23T14:00:00" });
    const query = "MSH|^~\\&|||||20000101000000||QRY^R02|VW1|P|2.4\rQRD|20000101000000|R|I|VW1|||||STA\r";
    const [reply] = instrument.handle({ on: "data", bytes: bytesOf(query) });
    expect(reply?.do === "write" ? latin1(reply.bytes).slice(0, 4) : undefined).toBe("MSH|");
  });
});
