import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deviceTime } from "../../../drivers/astm/device-time.ts";
import type { Frame } from "../../../drivers/astm/frame.ts";
import {
  assemble,
  component,
  delimitersOf,
  nothing,
  parseRecord,
  repeats,
  text,
  unescaped,
} from "../../../drivers/astm/records.ts";
import { Bench, ENQ, EOT, frame, frames, header, message, result } from "./bench.ts";

const usual = { field: "|", repeat: "\\", component: "^", escaping: "&" };
const of = (source: string) => parseRecord(source, usual, { from: 0, to: source.length });

describe("delimiters", () => {
  it.each([
    ["H|\\^&|||host", usual],
    ["H@\\^|@@@", { field: "@", repeat: "\\", component: "^", escaping: "|" }],
    ["H|@^\\|URM-1", { field: "|", repeat: "@", component: "^", escaping: "\\" }],
  ])("of %s are read from the header itself", (source, expected) => expect(delimitersOf(source)).toEqual(expected));

  it.each(["H", "H|", "H|\\^", "H||^&", "H|\\\\&", "Habcd", "H|\\^ "])("of %j are none", (source) =>
    expect(delimitersOf(source)).toBeUndefined(),
  );
});

describe("fields", () => {
  const record = of("R|1|^^^WBC^804-5^1|  5.5|10*3/uL||L\\A||F");

  it("are counted from 1, with the letter as the first", () => {
    expect(text(record, 1)).toBe("R");
    expect(text(record, 4)).toBe("5.5");
    expect(component(record, 3, 4)).toBe("WBC");
    expect(component(record, 3, 5)).toBe("804-5");
    expect(repeats(record, 7)).toEqual(["L", "A"]);
  });

  it("are empty where the record ends before them", () => {
    expect(text(record, 13)).toBe("");
    expect(component(record, 13, 2)).toBe("");
    expect(repeats(record, 13)).toEqual([]);
  });
});

describe("escapes", () => {
  it.each([
    ["&F&&S&&R&&E&", "|^\\&"],
    ["PNG&R&20240628&R&2024", "PNG\\20240628\\2024"],
    ["&X41&&X6d6C&", "Aml"],
    ["salt & pepper", "salt & pepper"],
    ["a&b", "a&b"],
    ["R&D and T&F&", "R&D and T|"],
    ["&X4&", "&X4&"],
    ["&H&", "&H&"],
  ])("%j is %j", (source, expected) => expect(unescaped(source, usual)).toBe(expected));

  it("give back any text that was escaped", () => {
    const codes: Record<string, string> = { "|": "&F&", "^": "&S&", "\\": "&R&", "&": "&E&" };
    fc.assert(
      fc.property(fc.string(), (original) => {
        const source = [...original].map((character) => codes[character] ?? character).join("");
        expect(unescaped(source, usual)).toBe(original);
      }),
    );
  });
});

describe("records and frames", () => {
  function framed(texts: readonly string[]): Frame[] {
    let from = 0;
    return texts.map((part, i) => {
      const span = { from, to: from + part.length + 7 };
      from = span.to;
      return { number: i % 8, text: part, last: i === texts.length - 1, span, textFrom: span.from + 2, remarks: [] };
    });
  }

  it("are cut apart anywhere and come together the same", () => {
    const records = ["foo|1", "bar|24", "baz|1^2^3|boo"];
    const whole = records.map((record) => `${record}\r`).join("");
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 6 }), (cuts) => {
        const at = [0, ...[...new Set(cuts)].sort((a, b) => a - b), whole.length];
        const parts = at.slice(1).map((to, i) => whole.slice(at[i], to));
        let open = nothing;
        const read = framed(parts).flatMap((one) => {
          const assembled = assemble(open, one);
          open = assembled.unfinished;
          return assembled.sources.map((source) => source.text);
        });
        expect(read).toEqual(records);
      }),
    );
  });

  it.each([
    ["\x021A|B|C|D\r\x03BF\r\n", frame(1, "A|B|C|D\r")],
    ["\x021foo|1\rb\x17A8\r\n", frame(1, "foo|1\rb", false)],
    ["\x022ar|24\rb\x176D\r\n", frame(2, "ar|24\rb", false)],
    ["\x023az|1^2^\x17C0\r\n", frame(3, "az|1^2^", false)],
    ["\x0243|boo\r\x0333\r\n", frame(4, "3|boo\r")],
    ["\x021R|1|^^^G\x1724\r\n", frame(1, "R|1|^^^G", false)],
    ["\x022lu|5.8\r\x033A\r\n", frame(2, "lu|5.8\r")],
    ["\x020H\r\x0388\r\n", frame(8, "H\r")],
  ])("%j is the frame that the published vectors have", (published, ours) => expect(ours).toBe(published));

  it("are read in the site's encoding, after the checksum of the raw bytes", () => {
    const [h = "", p = ""] = frames(header, "P|1|\xc3\xa91");
    const bench = new Bench({ encoding: "utf-8" });
    bench.sayAll([ENQ, h, p, frame(3, "O|1|S1\r"), frame(4, `${result(1, "5.8")}\r`)]);
    expect(bench.findings[0]?.reported?.patient).toBe("é1");
  });
});

describe("timestamps", () => {
  it.each([
    ["20240229235959", "2024-02-29T23:59:59"],
    ["202402292359", "2024-02-29T23:59"],
    ["20240229", undefined],
    ["20230229235959", undefined],
    ["20241301000000", undefined],
    ["20240101240000", undefined],
    ["20240101120000+0100", undefined],
  ])("%s is %s", (source, local) => expect(deviceTime(source)).toEqual({ text: source, ...(local && { local }) }));

  it("are taken from the result, the order or the message, the nearest that there is", () => {
    const order = "O|1|S1||||||||||||||||||||20240101115500";
    const bare = (n: number) => `R|${n}|^^^Glu|5.${n}|mmol/L`;
    const bench = new Bench();
    bench.send([header, "P|1", order, `${bare(1)}||||F|||20240101115000|20240101115100`, bare(2), "O|2|S2", bare(3)]);
    bench.send([header, "P|1", order, `${bare(4)}||||F|||20240101115000`, "L|1"]);
    expect(bench.findings.map((finding) => finding.deviceTime?.text.slice(8))).toEqual([
      "115100",
      "115500",
      "120000",
      "115000",
    ]);
  });
});

describe("results", () => {
  it("that are equal within one message stay two, and the message sent again brings none that is new", () => {
    const twice = [...message.slice(0, 4), message[3] ?? "", "L|1|N"];
    const bench = new Bench();
    bench.send(twice);
    bench.send(twice);
    const identities = bench.findings.map(({ identity }) => identity);
    expect(identities).toHaveLength(4);
    expect(new Set(identities).size).toBe(2);
    expect(identities.slice(2)).toEqual(identities.slice(0, 2));
  });

  it("that are said to be sent already, or verified, are the ones that were final", () => {
    const bench = new Bench();
    const as = (status: string) => message.map((record) => record.replace("||F||", `||${status}||`));
    for (const status of ["F", "R", "V", "Q", "P", "C"]) bench.send(as(status));
    expect(new Set(bench.findings.map(({ identity }) => identity)).size).toBe(3);
  });

  it("of different patients are never the same, however alike", () => {
    const bench = new Bench();
    bench.send(message);
    bench.send(message.map((record) => record.replace("P0001", "P0002")));
    expect(new Set(bench.findings.map(({ identity }) => identity)).size).toBe(2);
  });

  it("of one order are a group, those of another order another", () => {
    const bench = new Bench({ mode: "strict" });
    bench.send([header, "P|1", "O|1|S1", result(1, "5.1"), result(2, "5.2"), "O|2|S2", result(3, "5.3"), "L|1|N"]);
    const [a, b, c] = bench.findings.map(({ group }) => group);
    expect(a).toBe(b);
    expect(c).not.toBe(a);
  });

  it("of two messages are never one group of a report, however the frames are cut", () => {
    const specimens = ["S1", "S2", "S3"];
    const records = specimens.flatMap((specimen, i) => [
      header,
      `P|1|P000${i}`,
      `O|1|${specimen}`,
      result(1, `5.${i}`),
      result(2, `6.${i}`),
      "L|1|N",
    ]);
    const whole = records.map((record) => `${record}\r`).join("");
    fc.assert(
      fc.property(
        fc.constantFrom("strict", "lenient"),
        fc.array(fc.nat(whole.length), { maxLength: 6 }),
        (mode, cuts) => {
          const at = [0, ...[...new Set(cuts)].filter((cut) => cut > 0).sort((a, b) => a - b), whole.length];
          const texts = at.slice(1).map((to, i) => whole.slice(at[i], to));
          const bench = new Bench({ mode, maxText: 1000 });
          bench.sayAll([ENQ, ...texts.map((part, i) => frame(i + 1, part, i === texts.length - 1)), EOT]);
          expect(bench.texts).toEqual(specimens.flatMap((_, i) => [`5.${i}`, `6.${i}`]));
          for (const step of bench.played.steps) {
            if (!("action" in step) || step.action.do !== "report") continue;
            const { findings } = step.action;
            const groups = new Set(findings.map(({ group }) => group));
            const pairs = new Set(findings.map(({ group, reported }) => `${group} ${reported?.specimen}`));
            expect(pairs.size).toBe(groups.size);
            expect(groups.size).toBe(new Set(findings.map(({ reported }) => reported?.specimen)).size);
          }
        },
      ),
    );
  });

  it("are kept when the analyzer breaks the message off with an L record", () => {
    const bench = new Bench({ mode: "strict" });
    bench.send([...message.slice(0, 4), "L|1|T"]);
    expect(bench.texts).toEqual(["5.8"]);
  });

  it("without a test id are kept under a name that no profile knows", () => {
    const bench = new Bench();
    bench.send([header, "P|1", "O|1|S1", "R|1||5.8|mmol/L", "L|1|N"]);
    expect(bench.findings.map(({ channel }) => channel)).toEqual(["?"]);
  });

  it("carry the comments that follow them, where the options say so", () => {
    const commented = [header, "P|1", "O|1|S1", result(1, "5.8"), "C|1|I|43|G", "C|2|I|clot&F&?|I", "L|1|N"];
    const kept = new Bench({ mode: "strict" });
    kept.send(commented);
    expect(kept.findings[0]?.flags).toEqual(["N", "43", "clot|?"]);
    const left = new Bench({ mode: "strict", comments: "ignore" });
    left.send(commented);
    expect(left.findings[0]?.flags).toEqual(["N"]);
  });

  it("are found where this model writes patient, specimen and test", () => {
    const bench = new Bench({ patient: "P.4", specimen: { field: "O.4", component: 3 }, slash: "strip" });
    bench.send([header, "P|1|A|B", "O|1|x|1^2^  SID9^M", "R|1|^^^685/       |5.8/|mmol/L||N||F", "L|1|N"]);
    expect(bench.findings[0]).toMatchObject({
      channel: "685",
      value: { kind: "number", text: "5.8" },
      reported: { patient: "B", specimen: "SID9" },
    });
  });

  it("that the analyzer masks are no numbers", () => {
    const bench = new Bench({ maskedFlags: ["A"], offScaleFlags: false });
    const flagged = (n: number, flag: string) => result(n, `5.${n}`).replace("||N||", `||${flag}||`);
    bench.send([header, "P|1", "O|1|S1", flagged(1, "A"), flagged(2, ">"), "L|1|N"]);
    expect(bench.findings.map(({ value }) => value)).toEqual([
      { kind: "absent", reason: "masked", text: "5.1" },
      { kind: "number", text: "5.2" },
    ]);
  });
});

describe("the analyzer's identity", () => {
  it("is read where its model writes it, with its clock where the options trust it", () => {
    const dca = "H|\\^&|||DCA VANTAGE^04.04.00.00^S067337|||||||P||20240820151746";
    const options = { sender: { model: 1, firmware: 2, serial: 3 }, clock: "header" };
    const bench = new Bench(options);
    bench.send([dca, "L|1|N"]);
    expect(bench.played.identities).toEqual([
      {
        model: "DCA VANTAGE",
        firmware: "04.04.00.00",
        serial: "S067337",
        clock: { text: "20240820151746", local: "2024-08-20T15:17:46" },
      },
    ]);
  });

  it("is told before the results, for they are stored under its serial number", () => {
    const bench = new Bench();
    bench.sayAll([ENQ, frame(1, `${message.join("\r")}\r`)]);
    const asked = bench.played.steps.flatMap((step) => ("action" in step ? [step.action.do] : []));
    expect(asked.indexOf("identify")).toBeLessThan(asked.indexOf("report"));
  });
});
