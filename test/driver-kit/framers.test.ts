import { describe, expect, it } from "vitest";
import { envelope } from "../../src/driver-kit/framers/envelope.ts";
import { gap } from "../../src/driver-kit/framers/gap.ts";
import { inSlices } from "../../src/driver-kit/framers/in-slices.ts";
import { lengthPrefixed } from "../../src/driver-kit/framers/length-prefixed.ts";
import { lines } from "../../src/driver-kit/framers/lines.ts";
import type { Framer } from "../../src/driver-kit/framers/piece.ts";
import { reports } from "../../src/driver-kit/framers/reports.ts";
import { search } from "../../src/driver-kit/framers/search.ts";
import { bytesOf, latin1 } from "../../src/driver-kit/text.ts";
import { obeysTheLaws, recovers, shown } from "./laws.ts";

function pieces(framer: Framer, ...chunks: string[]): string[] {
  return [...chunks.flatMap((chunk) => [...framer.push(bytesOf(chunk))]), ...framer.flush("silence")].map(shown);
}

const crlf = () => lines({ ends: ["\r\n"], bound: 10 });
const either = () => lines({ ends: ["\r", "\n", "\t"], bound: 10, silenceEnds: true });

describe("lines", () => {
  it("obey the laws with one terminator of two bytes", () => obeysTheLaws(crlf, "a1\r\n"));
  it("obey the laws with several terminators and silence", () => obeysTheLaws(either, "a1\r\n\t"));
  it("obey the laws where a beginning is no line", () =>
    obeysTheLaws(() => lines({ ends: ["\r\n"], bound: 5, restIsNoLine: true, firstIsNoLine: true }), "a1\r\n"));
  it("obey the laws with terminators that begin alike", () =>
    obeysTheLaws(() => lines({ ends: ["ab", "aab", "c"], bound: 4 }), "abcd"));
  it("find the next line after a line's end", () => recovers(crlf, "a1\r\nx", "12.5\r\n", "12.5", "\r\n"));

  it("give lines without and spans with their ends", () => {
    expect(pieces(crlf(), "ab\r", "\nc\r\n\r\n")).toEqual(["frame 0-4 ab", "frame 4-7 c", "frame 7-9 "]);
    expect(pieces(lines({ ends: ["\r\n"], bound: 10, keepEnd: true }), "ab\r\n")).toEqual(["frame 0-4 ab\r\n"]);
  });
  it("discard a line that is too long up to its end, and none of it is a line", () => {
    expect(pieces(crlf(), "1234567890\r\n")).toEqual(["frame 0-12 1234567890"]);
    expect(pieces(crlf(), "12345678901\r\nab\r\n")).toEqual(["too-long 0-11", "too-long 11-13", "frame 13-17 ab"]);
  });
  it("cut a line that silence ends, or take it where silence is an end", () => {
    expect(pieces(crlf(), "12.")).toEqual(["cut 0-3"]);
    expect(pieces(either(), "12.")).toEqual(["frame 0-3 12."]);
  });
  it("take the rest of a cut line for a line or not, as told", () => {
    for (const [restIsNoLine, rest] of [
      [false, "frame 1-7 2.5 kg"],
      [true, "cut 1-7"],
    ] as const) {
      const framer = lines({ ends: ["\r"], bound: 10, restIsNoLine });
      framer.push(bytesOf("7"));
      expect(framer.flush("silence").map(shown)).toEqual(["cut 0-1"]);
      expect(framer.push(bytesOf("2.5 kg\r")).map(shown)).toEqual([rest.replace("1-7", "1-8")]);
      expect(framer.push(bytesOf("1\r")).map(shown)).toEqual(["frame 8-10 1"]);
    }
  });
  it("take what comes before the first end for noise where told so", () => {
    const framer = lines({ ends: ["\r"], bound: 10, firstIsNoLine: true });
    expect(pieces(framer, "2.5 kg\r72.5 kg\r")).toEqual(["noise 0-7", "frame 7-15 72.5 kg"]);
  });
  it("cut what is pending when the connection closes", () => {
    const framer = either();
    framer.push(bytesOf("12."));
    expect(framer.flush("close").map(shown)).toEqual(["cut 0-3"]);
  });
});

const sum = (frame: Uint8Array): "ok" | "checksum" => {
  let total = 0;
  for (const byte of frame.subarray(0, -1)) total = (total + byte) & 7;
  return total === (frame.at(-1) ?? 0) % 8 ? "ok" : "checksum";
};
const plain = () => envelope({ starts: ["\x1bR", "6R"], ends: ["\x1bE"], bound: 20 });
const summed = (check = sum) =>
  envelope({ starts: ["<"], ends: [">", "/"], trailing: 1, check, bound: 12, alone: "\n", breaks: "!" });
/** A check that no garbage passes; with a weak one garbage makes true frames. */
const only = (good: string) => (frame: Uint8Array) => (latin1(frame) === good ? "ok" : "checksum");

describe("envelope", () => {
  it("obeys the laws with marks of two bytes", () => obeysTheLaws(plain, "\x1bR6EW1"));
  it("obeys the laws with trailing bytes, a check, single bytes and breaks", () =>
    obeysTheLaws(summed, "<>/01234567!\n", 2000));
  it("obeys the laws with marks that begin alike", () =>
    obeysTheLaws(() => envelope({ starts: ["aab", "ab"], ends: ["aac", "ba"], bound: 9 }), "abc"));
  it("finds the next good frame", () => {
    recovers(plain, "\x1bR6EW1", "\x1bR\x1bW1\x1bE");
    recovers(() => summed(only("<77>0")), "<>/01234567!\n", "<77>0");
  });

  it("gives the frame with its marks and trailing bytes", () => {
    expect(pieces(plain(), "xx\x1bR\x1bW1\x1bE6R\x1bE")).toEqual([
      "noise 0-2",
      "frame 2-9 \x1bR\x1bW1\x1bE",
      "frame 9-13 6R\x1bE",
    ]);
  });
  it("begins anew at a new start", () => {
    expect(pieces(plain(), "\x1bR\x1bW1\x1bR\x1bW2\x1bE")).toEqual(["cut 0-5", "frame 5-12 \x1bR\x1bW2\x1bE"]);
  });
  it("discards the whole of a frame that fails its check, and finds the one that it would have swallowed", () => {
    expect(pieces(summed(), "<77>1<77>0")).toEqual(["checksum 0-5", "frame 5-10 <77>0"]);
    expect(pieces(summed(), "<77><77>0")).toEqual(["checksum 0-4", "frame 4-9 <77>0"]);
  });
  it("gives single bytes by themselves, and lets a break cut a frame", () => {
    expect(pieces(summed(), "\n!<7\n7>", "!")).toEqual(["frame 0-1 \n", "frame 1-2 !", "cut 2-7", "frame 7-8 !"]);
  });
  it("looks at nothing beyond the bound, so that a start there is the same in any chunking", () => {
    const bytes = `\x1bR${"1".repeat(17)}\x1bR\x1bE`;
    expect(pieces(plain(), ...bytes)).toEqual(["too-long 0-19", "frame 19-23 \x1bR\x1bE"]);
    expect(pieces(plain(), bytes)).toEqual(["too-long 0-19", "frame 19-23 \x1bR\x1bE"]);
  });
  it("gives up at the bound", () => {
    expect(pieces(plain(), `\x1bR${"1".repeat(30)}\x1bE`)).toEqual(["too-long 0-20", "noise 20-34"]);
  });
  it("refuses trailing bytes without a check", () => {
    expect(() => envelope({ starts: ["<"], ends: [">"], trailing: 1, bound: 9 })).toThrow(RangeError);
  });
});

const counted = (check = sum) =>
  lengthPrefixed({
    starts: ["#", "%%"],
    header: 3,
    total: (header) => ((header[2] ?? 0) >= 48 && (header[2] ?? 0) < 60 ? (header[2] ?? 0) - 48 + 4 : undefined),
    check,
    bound: 12,
  });

describe("lengthPrefixed", () => {
  it("obeys the laws", () => obeysTheLaws(counted, "##%%012345", 2000));
  it("finds the next good frame, inside a false one too, once the line is silent", () => {
    recovers(() => counted(only("#01a5")), "#%9012345", "#01a5");
  });
  it("takes a frame whose check is right and discards the whole of one whose check is wrong", () => {
    expect(pieces(counted(), "#01a5", "#01a4")).toEqual(["frame 0-5 #01a5", "checksum 5-10"]);
  });
  it("finds a frame inside a false one, and blames what follows on nothing", () => {
    expect(pieces(counted(), "#x8#01a5zzzz")).toEqual(["checksum 0-3", "frame 3-8 #01a5", "noise 8-12"]);
  });
  it("takes no header whose length is impossible", () => {
    expect(pieces(counted(), "#0z", "#0;#01a5")).toEqual(["noise 0-6", "frame 6-11 #01a5"]);
  });
});

describe("gap", () => {
  const make = () => gap({ bound: 8 });
  it("obeys the laws", () => obeysTheLaws(make, "ab"));
  it("gives what came between two silences", () => {
    const framer = make();
    framer.push(bytesOf("12"));
    framer.push(bytesOf("34"));
    expect(framer.flush("silence").map(shown)).toEqual(["frame 0-4 1234"]);
    expect(framer.flush("silence")).toEqual([]);
    framer.push(bytesOf("5"));
    expect(framer.flush("close").map(shown)).toEqual(["cut 4-5"]);
  });
  it("gives nothing of what was too long", () => {
    expect(pieces(make(), "123456789")).toEqual(["too-long 0-8", "too-long 8-9"]);
  });
});

describe("a search", () => {
  it("shows its grammar no more than a longest frame, however much has come", () => {
    const seen: number[] = [];
    const framer = search({
      bound: 10,
      judge(view) {
        seen.push(view.length);
        return { is: "none", length: Math.min(view.length, 7) };
      },
    });
    framer.push(new Uint8Array(10_000));
    expect(Math.max(...seen)).toBe(10);
  });
});

describe("a chunk in slices", () => {
  it("gives the same pieces as the whole, however long it is", () => {
    const text = "12\r\n\r\nabc\r\n".repeat(300);
    expect([...inSlices(crlf(), bytesOf(text))].map(shown)).toEqual(crlf().push(bytesOf(text)).map(shown));
  });

  it("is taken in slice by slice, as its pieces are asked for", () => {
    const framer = crlf();
    const [first] = inSlices(framer, bytesOf("1\r\n".repeat(1000)));
    expect(first?.span).toEqual({ from: 0, to: 3 });
    const [next] = framer.push(bytesOf("\r\n"));
    expect(next?.span.from).toBeLessThan(300);
  });
});

describe("reports", () => {
  it("takes each chunk of the right length as a frame", () => {
    expect(pieces(reports({ lengths: [2, 4] }), "ab", "", "abc", "abcd")).toEqual([
      "frame 0-2 ab",
      "malformed 2-5",
      "frame 5-9 abcd",
    ]);
  });
});

describe("long garbage", () => {
  it.each([
    ["a start without an end", plain, "\x1bR1"],
    ["starts only", plain, "\x1bR"],
    ["half starts", plain, "\x1b"],
    ["frames with a wrong check", summed, "<77>1"],
    ["false lengths", counted, "#0"],
    ["no terminator", crlf, "1"],
  ] as const)("of %s is worked off in a time proportional to its length", (_, make, unit) => {
    const framer = make();
    const garbage = bytesOf(unit.repeat(1_000_000 / unit.length));
    let told = 0;
    for (const { span } of framer.push(garbage)) told += span.to - span.from;
    expect(told + framer.pending).toBe(garbage.length);
    expect(framer.pending).toBeLessThanOrEqual(framer.limit);
  });
});
