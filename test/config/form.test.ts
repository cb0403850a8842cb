import { describe, expect, test } from "vitest";
import { goodProfile, goodSite, remarksOf } from "./site-text.ts";

type Change = readonly [from: string, to: string];

function changed(text: string, changes: readonly Change[]): string {
  return changes.reduce((now, [from, to]) => {
    expect(now).toContain(from);
    return now.replace(from, to);
  }, text);
}

/** `line path` of what is said of the good site, or of its profile, with these changes. */
async function places(site: readonly Change[], profile: readonly Change[] = []): Promise<readonly string[]> {
  const remarks = await remarksOf(changed(goodSite, site), [changed(goodProfile, profile)]);
  return remarks.map((text) => /^\S+?:(\d+):\d+ {2}([^:]*): /.exec(text)?.slice(1).join(" ") ?? text);
}

const link = "{ serial: { path: /dev/ttyUSB0 } }";
const another = "  - { id: exam-2, kind: exam-room, barcodes: [{ means: patient }], unverified: allow }\n";
const hid = (page: string): string => `    link: { hid: { vendor: "0c2e", usagePage: "${page}" } }\n`;

describe("a mistake of form hides no mistake of meaning", () => {
  test("in the same device", async () => {
    const device: Change = ["    place: exam-1\n", "    place: ward-9\n    colour: red\n"];
    expect(await places([device, ["profile: test-scale", "profile: text-scales"]])).toEqual([
      "12 devices[0].place",
      "13 devices[0].colour",
      "14 devices[0].profile",
    ]);
  });

  test("elsewhere, of the place whose id is not written as it must be", async () => {
    expect(
      await places([
        ["- id: exam-1", "- id: Exam 1"],
        ["place: exam-1", "place: ward-9"],
      ]),
    ).toEqual(["4 places[0].id", "12 devices[0].place"]);
  });

  test("of two devices at one port, although one has no id", async () => {
    const next = `link: ${link}\n  - place: exam-1\n    profile: test-scale\n    link: ${link}\n  - id: scale-3\n`;
    const third = `    place: exam-1\n    profile: test-scale\n    link: ${link}`;
    expect(await places([[`link: ${link}`, next + third]])).toEqual([
      "15 devices[1].id",
      "17 devices[1].link",
      "21 devices[2].link",
    ]);
  });

  test("in the same destination, also where it has two kinds", async () => {
    const both: Change = ["    hl7:", "    id: Ehr\n    kinds: patient\n    file: { path: x }\n    hl7:"];
    expect(await places([["  - id: ehr\n", "  - id: log\n    file: { path: y }\n  -\n"], both])).toEqual([
      "19 sinks[1].id",
      "20 sinks[1].kinds",
      "22 sinks[1].hl7",
    ]);
  });

  test("in the same profile, of its driver's options, its codes and its own form", async () => {
    const options: Change = ["serial:", "options: { terminator: XY }\nserial:"];
    expect(await places([], [["evidence: bench", "evidence: benk"], options, ["29463-7", "29463-8"]])).toEqual([
      "4 evidence",
      "8 options.terminator",
      "12 channels.W.loinc",
    ]);
  });

  test("in a profile that is like one that is not there, or has another's id", async () => {
    expect(
      await places(
        [],
        [
          ["driver: line", "like: nothing"],
          ["29463-7", "29463-8"],
        ],
      ),
    ).toEqual(["3 like", "11 channels.W.loinc"]);
    expect(
      (
        await places(
          [],
          [
            ["id: test-scale", "id: and-standard"],
            ["29463-7", "29463-8"],
          ],
        )
      ).slice(-2),
    ).toEqual(["1 id", "11 channels.W.loinc"]);
  });

  test("in the section under a misspelt key", async () => {
    expect(
      await places([
        ["devices:", "device:"],
        ["place: exam-1", "place: ward-9"],
      ]),
    ).toEqual(["10 device", "12 devices[0].place"]);
    expect(await places([["{ serial: { path: /dev/ttyUSB0 } }", "{ serail: { path: ttyUSB0 } }"]])).toEqual([
      "14 devices[0].link.serail",
      "14 devices[0].link.serial.path",
    ]);
  });
});

describe("of a mistake of form no consequence is told:", () => {
  const site: readonly (readonly [string, readonly Change[], readonly string[]])[] = [
    ["a place without an id", [["  - id: exam-1\n    kind", `${another}  - kind`]], ["5 places[1].id"]],
    ["a place whose id has a capital", [["  - id: exam-1", `${another}  - id: Exam 1`]], ["5 places[1].id"]],
    [
      "places that are no list",
      [[/places:\n(?: .*\n)+?(?=devices)/.exec(goodSite)?.[0] ?? "", "places: exam-1\n"]],
      ["3 places"],
    ],
    ["a port where a block should be", [[link, "{ serial: /dev/ttyUSB0 }"]], ["14 devices[0].link.serial"]],
    ["a link that is none", [[link, "ttyUSB0"]], ["14 devices[0].link"]],
    ["a line speed in quotes", [["ttyUSB0", 'ttyUSB0, baudRate: "9600"']], ["14 devices[0].link.serial.baudRate"]],
    ["tls that is no block", [["insecure: true", "tls: yes"]], ["17 sinks[0].hl7.tls"]],
    [
      "an address in place of a block",
      [["{ host: ehr.clinic, port: 2575, insecure: true }", "ehr:2575"]],
      ["17 sinks[0].hl7"],
    ],
    ["a word where yes or no should be", [["insecure: true", "insecure: maybe"]], ["17 sinks[0].hl7.insecure"]],
    [
      "a prefix that is a number",
      [["prefix: P", "prefix: 4\n      - means: staff\n        prefix: S"]],
      ["9 places[0].barcodes[0].prefix"],
    ],
    [
      "a limit that another is held against",
      [["patients:", "clock: { note: 20m, hold: 15 }\npatients:"]],
      ["19 clock.hold"],
    ],
    [
      "what would tell two devices apart",
      [
        [
          `    profile: test-scale\n    link: ${link}\n`,
          `${hid("8c")}  - id: scale-2\n    place: exam-1\n${hid("8d")}`,
        ],
      ],
      ["13 devices[0].link.hid.usagePage", "16 devices[1].link.hid.usagePage"],
    ],
  ];

  test.each(site)("%s", async (_, changes, told) => {
    expect(await places(changes)).toEqual(told);
  });

  test.each<readonly [string, readonly Change[], readonly string[]]>([
    ["a profile without an id", [["id: test-scale\n", ""]], ["1 id"]],
    ["options that are no block", [["serial:", "options: CRLF\nserial:"]], ["8 options"]],
    ["settings of the line that are no block", [["{ baudRate: 9600 }", "9600"]], ["8 serial"]],
    ["a driver that is no word", [["driver: line", "driver: [line]"]], ["3 driver"]],
    [
      "a unit that is no text",
      [
        ["kg: kg", "kg: 1"],
        ["units:", "range: { kg: [2, 300] }\n    units:"],
      ],
      ["13 channels.W.units.kg"],
    ],
    [
      "a wrong unit",
      [
        ["kg: kg", "kg: kgg"],
        ["units:", "range: { kg: [2, 300] }\n    units:"],
      ],
      ["13 channels.W.units.kg"],
    ],
  ])("%s", async (_, changes, told) => {
    expect(await places([], changes)).toEqual(told);
  });

  test("a profile that is no YAML", async () => {
    const remarks = await remarksOf(goodSite, [changed(goodProfile, [["{ kg: kg }", "{ kg: kg"]])]);
    expect(remarks.filter((text) => text.startsWith("site.yaml"))).toEqual([]);
    expect(remarks).not.toEqual([]);
  });
});
